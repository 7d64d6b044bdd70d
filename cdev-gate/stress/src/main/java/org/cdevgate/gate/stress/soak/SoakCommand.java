package org.cdevgate.gate.stress.soak;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.Hold;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.oracle.Stacks;
import org.cdevgate.gate.stress.workload.RemovalAction;
import org.cdevgate.gate.stress.workload.StressWorker;
import org.cdevgate.gate.stress.workload.StressedDevice;
import org.cdevgate.gate.stress.workload.Syscalls;

/** What the soak's driver does inside an ioctl: everything that concerns other calls and gates. */
enum SoakCommand {
    /** Answers, sleeps or fails as the other verbs do. */
    ACT(1) {
        @Override
        int run(SoakDriver driver, OpenFile file, Call call)
                throws ErrnoException, IOException, InterruptedException {
            return driver.act(file, 0, call);
        }
    },
    /** Calls a verb of some device, perhaps of its own, and perhaps one that calls another. */
    NEST(2) {
        @Override
        int run(SoakDriver driver, OpenFile file, Call call) {
            StressWorker worker = StressWorker.current();
            StressedDevice device = driver.run().device(worker.dice());
            if (device == null || chain().size() >= DEEPEST) {
                return 0;
            }
            inside(file.gate(), driver, () -> nest(worker, device));
            return 0;
        }
    },
    /** Calls a verb of its own file again. */
    REENTER(3) {
        @Override
        int run(SoakDriver driver, OpenFile file, Call call) {
            FopsGate gate = file.gate();
            inside(
                    gate,
                    driver,
                    () -> {
                        try {
                            gate.front()
                                    .ioctl(
                                            file,
                                            ACT.number(),
                                            0,
                                            ByteBuffer.allocate(0),
                                            Caller.local());
                            count("re-entered");
                        } catch (ErrnoException e) {
                            count("re-entered: " + Errno.describe(e.errno()));
                        }
                    });
            return 0;
        }
    },
    /** Tries to remove a device that the thread is inside of: must be refused. */
    REMOVE_ITSELF(4) {
        @Override
        int run(SoakDriver driver, OpenFile file, Call call) {
            List<Link> links = new ArrayList<>(chain());
            links.add(new Link(file.gate(), driver));
            StressWorker worker = StressWorker.current();
            FopsGate own = links.get(worker.dice().below(links.size())).gate();
            StressedDevice parent = driver.parent();
            boolean throughParent = parent != null && worker.dice().oneIn(4);
            FopsGate gate = throughParent ? parent.gate() : own;
            try {
                switch (worker.dice().below(3)) {
                    case 0 -> gate.unregisterSync();
                    case 1 -> gate.awaitRemoval();
                    default -> gate.awaitRemoval(Duration.ofSeconds(1));
                }
                Throwable here = new Throwable();
                driver.run()
                        .findings()
                        .report(
                                Finding.Kind.SELF_REMOVAL_NOT_REFUSED,
                                name(),
                                "a removal of " + gate + " by a call inside it returned",
                                () -> Stacks.of("here", here));
            } catch (SelfRemovalException e) {
                if (throughParent) {
                    count("self-removal refused through the parent");
                } else {
                    count(
                            gate == file.gate()
                                    ? "self-removal refused"
                                    : "self-removal refused through another gate");
                }
            }
            return 0;
        }
    },
    /** Removes another device and waits for it, which is legal. */
    REMOVE_ANOTHER(5) {
        @Override
        int run(SoakDriver driver, OpenFile file, Call call) {
            StressWorker worker = StressWorker.current();
            StressedDevice device = driver.run().device(worker.dice());
            // Two calls that remove each other's device would wait for each other, which no gate
            // can forgive; in one direction there is no circle.
            boolean later =
                    device != null
                            && device.slot() > driver.slot()
                            && chain().stream().allMatch(link -> device.slot() > link.slot());
            if (later && worker.dice().oneIn(RARELY)) {
                RemovalAction.judged(
                        worker,
                        device,
                        "by a call of another device",
                        () -> device.gate().unregisterSync());
                device.renew();
            }
            return 0;
        }
    },
    /** Takes a hold, which a timer releases after the call has ended. */
    HOLD(6) {
        @Override
        int run(SoakDriver driver, OpenFile file, Call call) throws ErrnoException {
            Hold hold;
            try {
                hold = call.hold("soak");
            } catch (ErrnoException e) {
                count("hold refused");
                throw e;
            }
            var unused =
                    TIMER.schedule(
                            () -> {
                                try (hold) {
                                    driver.registers().touch(); // bound until the release
                                    hold.run(driver.registers()::touch);
                                }
                                driver.run().counts().add("hold released");
                                return null;
                            },
                            StressWorker.current().dice().below(1_000),
                            TimeUnit.MICROSECONDS);
            return 0;
        }
    },
    /** Has its own device removed after its end. */
    REMOVE_LATER(7) {
        @Override
        int run(SoakDriver driver, OpenFile file, Call call) {
            if (StressWorker.current().dice().oneIn(RARELY)) {
                driver.device().life().removalDeferred();
                file.gate().unregisterSync(SelfRemoval.DEFER);
                count("removal deferred");
            }
            return 0;
        }
    },
    /** Has its own device removed now, and does nothing with it afterwards. */
    REMOVE_AROUND_ITSELF(8) {
        @Override
        int run(SoakDriver driver, OpenFile file, Call call) {
            // Only as the one call of this thread, which the oracle is told of.
            if (chain().isEmpty() && StressWorker.current().dice().oneIn(RARELY)) {
                driver.device().life().leavesOut(Verb.IOCTL);
                RemovalAction.judged(
                        StressWorker.current(),
                        driver.device(),
                        name(),
                        () -> file.gate().unregisterSync(SelfRemoval.LEAVE_OUT));
            }
            return 0;
        }
    },
    /** Begins the removal of its own device, which is legal; only sent by one who then waits. */
    BEGIN_REMOVAL(9) {
        @Override
        int run(SoakDriver driver, OpenFile file, Call call) {
            file.gate().beginRemoval();
            try {
                file.gate().exit(file.gate().enter());
                driver.run()
                        .findings()
                        .report(
                                Finding.Kind.WRONG_ANSWER,
                                "enter",
                                "a nested enter after the flag was not refused");
            } catch (ErrnoException e) {
                count("nested enter refused after the flag");
            }
            return 0;
        }
    };

    /** A gate that this thread is inside of. */
    private record Link(FopsGate gate, SoakDriver driver) {
        int slot() {
            return driver.slot();
        }

        /** Whether a remover has called; asked of the oracle, not of the gate. */
        boolean isGoing() {
            return driver.life().isRemovalCalled();
        }
    }

    private static final int TYPE = 'S';
    private static final int DEEPEST = 3;
    private static final int RARELY = 16;
    private static final ScheduledExecutorService TIMER =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "soak-timer");
                        thread.setDaemon(true);
                        return thread;
                    });
    private static final SoakCommand[] ALL = values();
    private static final SoakCommand[] NESTED = {ACT, NEST, REMOVE_ITSELF, REMOVE_ANOTHER};
    private static final ThreadLocal<List<Link>> CHAIN = ThreadLocal.withInitial(ArrayList::new);

    private final int nr;

    SoakCommand(int nr) {
        this.nr = nr;
    }

    /** Does it; on the caller's thread. */
    abstract int run(SoakDriver driver, OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException;

    /** The ioctl command. */
    int number() {
        return IoctlCommand.io(TYPE, nr);
    }

    /** The constant of an ioctl command; null if it is none. */
    static SoakCommand of(int command) {
        for (SoakCommand each : ALL) {
            if (each.number() == command) {
                return each;
            }
        }
        return null;
    }

    private static List<Link> chain() {
        return CHAIN.get();
    }

    /** Whether a removal has begun of a device whose call this thread is nested in. */
    static boolean isInsideOfOneThatGoes() {
        return chain().stream().anyMatch(Link::isGoing);
    }

    private static void inside(FopsGate gate, SoakDriver driver, Runnable body) {
        List<Link> chain = CHAIN.get();
        chain.add(new Link(gate, driver));
        try {
            body.run();
        } finally {
            chain.remove(chain.size() - 1);
        }
    }

    /** Opens, uses and closes a file of a device. */
    private static void nest(StressWorker worker, StressedDevice device) {
        OpenFile[] file = new OpenFile[1];
        long opened =
                Syscalls.call(
                        worker,
                        device,
                        null,
                        Verb.OPEN,
                        () -> {
                            file[0] = device.gate().front().open(OpenFlags.O_RDWR, Caller.local());
                            return 0;
                        });
        if (opened != 0) {
            count("nested: refused");
            return;
        }
        SoakCommand command = NESTED[worker.dice().below(NESTED.length)];
        long result =
                Syscalls.call(
                        worker,
                        device,
                        file[0],
                        Verb.IOCTL,
                        () ->
                                device.gate()
                                        .front()
                                        .ioctl(
                                                file[0],
                                                command.number(),
                                                0,
                                                ByteBuffer.allocate(0),
                                                Caller.local()));
        if (result == -Errno.ENODEV.number() && !device.life().isRemovalCalled()) {
            count("nested: ended by the removal of another");
        }
        device.gate().front().close(file[0]);
        count("nested: " + command);
    }

    private static void count(String what) {
        StressWorker.current().run().counts().add(what);
    }
}
