package org.cdevgate.gate.stress.soak;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.workload.Action;
import org.cdevgate.gate.stress.workload.RemovalAction;
import org.cdevgate.gate.stress.workload.StressWorker;
import org.cdevgate.gate.stress.workload.StressedDevice;

/** What the soak's threads do beyond what a workload does to any driver. */
enum SoakAction implements Action {
    /** An event arrives on a device: code that is not a file operation, inside a bound. */
    ARRIVE {
        @Override
        void use(StressWorker worker, StressedDevice device) {
            try {
                long ticket = device.gate().enter();
                try {
                    device.driver(SoakDriver.class).arrive();
                } finally {
                    device.gate().exit(ticket);
                }
                worker.run().counts().add("bound: entered");
            } catch (ErrnoException e) {
                worker.run().counts().add("bound: refused");
            }
        }

        @Override
        public void run(StressWorker worker) {
            super.run(worker);
            LockSupport.parkNanos(worker.dice().below(TimeUnit.MILLISECONDS.toNanos(1)));
        }
    },
    /** Changes how much is recorded of calls; by one thread, or its look afterwards misleads. */
    SWITCH_DIAGNOSTICS {
        @Override
        void use(StressWorker worker, StressedDevice device) {
            FopsGate gate = device.gate();
            DiagnosticLevel level = LEVELS[worker.dice().below(LEVELS.length)];
            boolean removing = gate.isRemoving();
            gate.diagnostics(level);
            if (gate.diagnostics() != level) {
                wrong(worker, "the level is " + gate.diagnostics() + " after it was set: " + level);
            }
            if (removing && !gate.isRemoving()) {
                wrong(worker, "setting the diagnostic level took the removal's flag away");
            }
            worker.run().counts().add("diagnostics: " + level);
        }
    },
    /** Leaves twice: must be refused, and the accounting stay as it is. */
    EXIT_TWICE {
        @Override
        void use(StressWorker worker, StressedDevice device) {
            try {
                long ticket = device.gate().enter();
                device.gate().exit(ticket);
                try {
                    device.gate().exit(ticket);
                    wrong(worker, "the second exit with one ticket was not refused");
                } catch (IllegalStateException e) {
                    worker.run().counts().add("second exit refused");
                }
            } catch (ErrnoException e) {
                worker.run().counts().add("bound: refused");
            }
        }
    },
    /** Uses a file through the gate of another device: must be refused. */
    FOREIGN_FILE {
        @Override
        void use(StressWorker worker, StressedDevice device) {
            StressedDevice other = worker.run().device(worker.dice());
            if (other == null || other == device) {
                return;
            }
            OpenFile file = device.gate().front().newFile(OpenFlags.O_RDWR, Caller.local());
            try {
                other.gate().front().read(file, ByteBuffer.allocate(1), 0, Caller.local());
                wrong(worker, "a file was read through another gate than its own");
            } catch (IllegalArgumentException e) {
                worker.run().counts().add("foreign file refused");
            } catch (ErrnoException e) {
                wrong(worker, "a foreign file was answered with " + e.getMessage());
            }
        }
    },
    /** A call begins the removal of its own device, and who made it waits after its end. */
    REMOVAL_BEGUN_INSIDE {
        @Override
        void use(StressWorker worker, StressedDevice device) {
            FopsGate gate = device.gate();
            RemovalAction.judged(
                    worker,
                    device,
                    name(),
                    () -> {
                        try {
                            OpenFile file = gate.front().open(OpenFlags.O_RDWR, Caller.local());
                            try {
                                gate.front()
                                        .ioctl(
                                                file,
                                                SoakCommand.BEGIN_REMOVAL.number(),
                                                0,
                                                ByteBuffer.allocate(0),
                                                Caller.local());
                            } finally {
                                gate.front().close(file);
                            }
                        } catch (ErrnoException e) {
                            // Interrupted, failed on purpose, or somebody else was first.
                            worker.run().counts().add(name() + ": " + e.getMessage());
                        }
                        gate.beginRemoval();
                        return gate.awaitRemoval();
                    });
            device.renew();
        }
    };

    private static final DiagnosticLevel[] LEVELS = DiagnosticLevel.values();

    @Override
    public void run(StressWorker worker) {
        StressedDevice device = worker.run().device(worker.dice());
        if (device != null) {
            use(worker, device);
        }
    }

    abstract void use(StressWorker worker, StressedDevice device);

    void wrong(StressWorker worker, String what) {
        worker.run().findings().report(Finding.Kind.WRONG_ANSWER, name(), what);
    }
}
