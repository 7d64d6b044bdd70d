package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
   Two threads that were just started make the first call of their lives at the same time, and one
   of them then removes the device. A thread's first call needs a record, which is made and put into
   the list that the remover walks, or taken over from a thread that has died; neither may get lost
   or be given to both.

   The threads wait for each other before the call, because starting one takes longer than the race.

   Run it alone:  bash cdev-gate/stress/run.sh -t NewThreadAgainstRemoval
*/
@JCStressTest
@Description("Two new threads enter for the first time; one of them leaves and removes the device.")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The other came too late and was refused.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The other was inside and was waited for.")
@Outcome(
        id = {"1, 0", "2, .*"},
        expect = FORBIDDEN,
        desc = "Use after free: the remover does not know of the other thread's first call.")
@Outcome(expect = FORBIDDEN, desc = "A thread died of it.")
@State
public class NewThreadAgainstRemoval {
    private static final int STAY = 256;

    private final FopsGate gate = FopsGate.of("device", new FileOperations() {});
    private final AtomicInteger started = new AtomicInteger();
    private boolean freed;
    private int written;

    private void awaitOther() {
        started.incrementAndGet();
        for (int spin = 1; started.get() < 2; spin++) {
            if (spin % 1024 == 0) {
                LockSupport.parkNanos(1_000); // the other may want this processor to start on
            } else {
                Thread.onSpinWait();
            }
        }
    }

    @Actor
    public void caller(II_Result r) {
        r.r1 = -1;
        NewThread.run(
                () -> {
                    awaitOther();
                    long ticket;
                    try {
                        ticket = gate.enter();
                    } catch (ErrnoException e) {
                        r.r1 = 0;
                        return;
                    }
                    Spin.upTo(STAY, this);
                    written = 1;
                    r.r1 = freed ? 2 : 1;
                    gate.exit(ticket);
                });
    }

    @Actor
    public void remover(II_Result r) {
        r.r2 = -1;
        NewThread.run(
                () -> {
                    awaitOther();
                    gate.exit(BeforeRemoval.enter(gate));
                    gate.unregisterSync();
                    freed = true;
                    r.r2 = written;
                });
    }
}
