package org.cdevgate.gate.stress.workload;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateGroup;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.stress.oracle.Finding;

/**
 * The forms of a removal. Several threads take the same device now and then, so each form also
 * meets the others. The name is registered again at once.
 */
public enum RemovalAction implements Action {
    /** {@link FopsGate#unregisterSync()}. */
    UNREGISTER_SYNC {
        @Override
        boolean isDoneBy(StressWorker worker, StressedDevice device) {
            return unregisterSync(worker.run(), device);
        }
    },
    /** The same with an interrupt pending, which must be pending afterwards. */
    UNREGISTER_INTERRUPTED {
        @Override
        boolean isDoneBy(StressWorker worker, StressedDevice device) {
            Thread.currentThread().interrupt();
            boolean didIt = unregisterSync(worker.run(), device);
            keptInterrupt(worker);
            return didIt;
        }
    },
    /** {@link FopsGate#beginRemoval()} and {@link FopsGate#awaitRemoval()}. */
    TWO_HALVES {
        @Override
        boolean isDoneBy(StressWorker worker, StressedDevice device) {
            device.gate().beginRemoval();
            device.renew(); // the name is free, though the removal has not ended
            return device.gate().awaitRemoval();
        }
    },
    /** Bounded waits, resumed until one of them sees the end. */
    BOUNDED {
        @Override
        boolean isDoneBy(StressWorker worker, StressedDevice device) {
            device.gate().beginRemoval();
            int waits = 1;
            RemovalOutcome outcome = await(device, worker.dice().below(2_000_000L));
            while (!outcome.isRemoved()) {
                waits++;
                Thread.interrupted(); // or the next wait would end at once
                outcome = await(device, worker.dice().below(2_000_000L));
            }
            if (waits > 1) {
                worker.run().counts().add("removal resumed");
            }
            return isDoneHere(outcome);
        }
    },
    /** A bounded wait that an interrupt ends, then an unbounded one. */
    BOUNDED_INTERRUPTED {
        @Override
        boolean isDoneBy(StressWorker worker, StressedDevice device) {
            Thread.currentThread().interrupt();
            RemovalOutcome outcome = device.gate().unregisterSync(Duration.ofHours(1));
            keptInterrupt(worker);
            if (outcome.isRemoved()) {
                return isDoneHere(outcome);
            }
            worker.run().counts().add("removal's wait interrupted");
            return device.gate().awaitRemoval();
        }
    },
    /** On a thread of the removal's own. */
    ASYNC {
        @Override
        boolean isDoneBy(StressWorker worker, StressedDevice device) {
            return isDoneHere(device.gate().unregisterAsync().join());
        }
    },
    /** {@link FopsGate#awaitRemovalInterruptibly()} until no interrupt ends it. */
    INTERRUPTIBLE {
        @Override
        boolean isDoneBy(StressWorker worker, StressedDevice device) {
            device.gate().beginRemoval();
            RemovalOutcome outcome = device.gate().awaitRemovalInterruptibly();
            while (!outcome.isRemoved()) {
                keptInterrupt(worker);
                outcome = device.gate().awaitRemovalInterruptibly();
            }
            return isDoneHere(outcome);
        }
    },
    /** Two devices as one. */
    GROUP {
        @Override
        void remove(StressWorker worker, StressedDevice device) {
            StressedDevice other = worker.run().device(worker.dice());
            if (other == null || other == device) {
                return;
            }
            GateGroup group = GateGroup.of(device.gate(), other.gate());
            device.removerCalls();
            other.removerCalls();
            worker.doing(Activity.Kind.REMOVAL, name(), device, group::unregisterSync);
            // True for whoever did one of them: it does not tell which.
            device.removerReturned();
            other.removerReturned();
            worker.run().counts().add("removal: " + name());
        }
    },
    /** Several threads in the same instant, as far as the machine allows. */
    GANG {
        @Override
        void remove(StressWorker worker, StressedDevice device) {
            boolean virtual = worker.dice().oneIn(2) && VirtualThreads.exist();
            int size = 2 + worker.dice().below(3);
            AtomicInteger missing = new AtomicInteger(size);
            CountDownLatch end = new CountDownLatch(size);
            Runnable member =
                    () -> {
                        missing.decrementAndGet();
                        // A latch would let them go one after the other.
                        for (int i = 0; i < SPINS && missing.get() > 0; i++) {
                            Thread.onSpinWait();
                        }
                        try {
                            device.removerCalls();
                            device.removerReturned(unregisterSync(worker.run(), device));
                        } catch (RuntimeException | Error e) {
                            worker.failed(name(), e);
                        } finally {
                            end.countDown();
                        }
                    };
            for (int i = 0; i < size; i++) {
                String name = worker + "-gang-" + i;
                if (virtual) {
                    VirtualThreads.start(name, member);
                } else {
                    Thread thread = new Thread(member, name);
                    thread.setDaemon(true);
                    thread.start();
                }
            }
            worker.doing(
                    Activity.Kind.REMOVAL,
                    name(),
                    device,
                    () -> {
                        await(end);
                        return null;
                    });
            worker.run().counts().add("removal: " + name());
        }
    };

    private static final int SPINS = 100_000; // a millisecond or so

    @Override
    public void run(StressWorker worker) {
        StressedDevice device = worker.run().device(worker.dice());
        if (device != null) {
            remove(worker, device);
        }
        worker.run().renew();
        worker.pause();
    }

    void remove(StressWorker worker, StressedDevice device) {
        judged(worker, device, name(), () -> isDoneBy(worker, device));
    }

    /** Removes, and returns whether the library says that this thread did it. */
    boolean isDoneBy(StressWorker worker, StressedDevice device) {
        throw new AssertionError(name() + " overrides isDoneBy or remove");
    }

    private static boolean unregisterSync(StressRun run, StressedDevice device) {
        return run.plan().sabotage.unregisterSync(device.gate());
    }

    private static boolean isDoneHere(RemovalOutcome outcome) {
        return outcome.ending() == RemovalOutcome.Ending.REMOVED_HERE;
    }

    private static RemovalOutcome await(StressedDevice device, long nanos) {
        return device.gate().awaitRemoval(Duration.ofNanos(nanos));
    }

    /** Waits, deaf to interrupts. */
    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs one remover, which is told whether it did the teardown, and lets the oracle judge its
     * return.
     *
     * @param form counted, and shown if it hangs
     */
    public static void judged(
            StressWorker worker, StressedDevice device, String form, BooleanSupplier wait) {
        device.removerCalls();
        device.removerReturned(
                worker.doing(Activity.Kind.REMOVAL, form, device, wait::getAsBoolean));
        worker.run().counts().add("removal: " + form);
    }

    private static void keptInterrupt(StressWorker worker) {
        if (!Thread.currentThread().isInterrupted()) {
            worker.run()
                    .findings()
                    .report(
                            Finding.Kind.WRONG_ANSWER,
                            "interrupt",
                            "a remover's interrupt was lost in its wait");
        }
        Thread.interrupted();
    }
}
