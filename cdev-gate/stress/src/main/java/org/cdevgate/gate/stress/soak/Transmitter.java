package org.cdevgate.gate.stress.soak;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.workload.Dice;
import org.cdevgate.gate.stress.workload.StressRun;

/**
 * Something of which the device has one, so those who want it sleep exclusively. A call that slept
 * without a thread must come back here, or its wake-up would be lost. Safe for any thread.
 */
final class Transmitter {
    private final StressRun run;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final WaitQueue idle = new WaitQueue("transmitter idle");
    private final WaitQueue sent =
            new WaitQueue("sent"); // never woken: it takes as long as it takes
    private int users; // by its user alone; what one wrote is there for the next

    Transmitter(StressRun run) {
        this.run = run;
    }

    private boolean take() {
        return busy.compareAndSet(false, true);
    }

    /** Waits for it and uses it; the result, or {@link Call#WOULD_BLOCK}. */
    int use(int result, Call call, Dice dice) throws ErrnoException {
        if (dice.oneIn(2)) {
            if (!take()) {
                run.counts().add("exclusive: without thread");
                return call.wouldBlockExclusive(idle);
            }
        } else {
            await(call);
        }
        try {
            send(call, dice);
            return result;
        } finally {
            busy.set(false);
            switch (dice.below(8)) {
                case 0 -> idle.wakeUpAll();
                case 1 -> idle.wakeUp(2);
                default -> idle.wakeUp();
            }
        }
    }

    /** Now and then it takes its time, so that others sleep. */
    private void send(Call call, Dice dice) throws ErrnoException {
        boolean alone = ++users == 1;
        try {
            if (dice.oneIn(2)) {
                call.await(sent, () -> false, dice.below(2_000), TimeUnit.MICROSECONDS);
            }
        } finally {
            if (!alone || --users != 0) {
                run.findings()
                        .report(
                                Finding.Kind.WRONG_ANSWER,
                                "transmitter",
                                "two calls had the transmitter, of which there is one");
            }
        }
    }

    private void await(Call call) throws ErrnoException {
        boolean[] slept = new boolean[1];
        try {
            call.awaitExclusive(
                    idle,
                    () -> {
                        boolean taken = take();
                        slept[0] |= !taken;
                        return taken;
                    });
            if (slept[0]) {
                run.counts().add("exclusive: woken");
            }
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENODEV.number()) {
                run.counts().add("exclusive: ended by the removal");
            }
            throw e;
        }
    }
}
