package org.cdevgate.gate.stress.anomaly;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.cdevgate.async.DeviceTimer;
import org.cdevgate.async.Work;
import org.cdevgate.async.WorkQueue;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.gate.FopsGate;

/**
 * Work and timers, of bound devices and of gates, with anomalies where they are started and taken
 * back. Whatever has failed, they can be started again then, and what they belong to can go.
 */
final class WorkTrials {
    private static final Duration LATER = Duration.ofHours(1);
    private static final long LIMIT_SECONDS = 5;

    private final ExecutorService others;
    private final Map<String, Supplier<Trial>> all;

    WorkTrials(ExecutorService others, Map<String, Supplier<Trial>> all) {
        this.others = others;
        this.all = all;
    }

    /** All of them. */
    void add() {
        work("start of work", false, work -> {}, Work::queue);
        work("start of delayed work", false, work -> {}, work -> work.queueDelayed(LATER));
        work(
                "taking back of delayed work",
                true,
                work -> work.queueDelayed(LATER),
                Work::cancelSync);
        work("flush of work", true, work -> {}, Work::flush);
        timer("setting of a timer", true, timer -> {}, timer -> timer.mod(LATER));
        timer(
                "setting of a timer anew",
                true,
                timer -> timer.mod(LATER),
                timer -> timer.mod(LATER));
        timer("deleting of a timer", true, timer -> timer.mod(LATER), DeviceTimer::deleteSync);
        all.put("making of a work queue", MakingOfAQueue::new);
    }

    private final class MakingOfAQueue extends OnBound<Device> {
        private BoundDevice proof;

        MakingOfAQueue() {
            super(others, BoundDevice::device, device -> {});
        }

        @Override
        public void prepare() throws Exception {
            super.prepare();
            proof = made.tryEnter().orElseThrow();
        }

        @Override
        public void run() {
            WorkQueue.alloc(proof, "anomaly", 1);
        }

        @Override
        public String judge() throws Exception {
            proof.close();
            return super.judge();
        }
    }

    private void work(String name, boolean hasRoom, Step<Work> before, Step<Work> step) {
        both(
                name,
                hasRoom,
                (bound, runs) ->
                        WorkQueue.alloc(bound, "anomaly", 1).work("work", runs::incrementAndGet),
                (gate, runs) ->
                        WorkQueue.alloc(gate, "anomaly", 1).work("work", runs::incrementAndGet),
                before,
                step,
                this::runsAgain);
    }

    private void timer(
            String name, boolean hasRoom, Step<DeviceTimer> before, Step<DeviceTimer> step) {
        both(
                name,
                hasRoom,
                (bound, runs) ->
                        DeviceTimer.setup(bound, "anomaly", proof -> runs.incrementAndGet()),
                (gate, runs) -> DeviceTimer.setup(gate, "anomaly", runs::incrementAndGet),
                before,
                step,
                this::comesAgain);
    }

    /** Something that runs, and counts its runs. */
    private interface Maker<O, T> {
        T make(O owner, AtomicInteger runs);
    }

    private interface Again<T> {
        /** What is wrong with what should run once more; null if nothing is. */
        String wrong(T started, AtomicInteger runs) throws Exception;
    }

    /** One of a bound device, and one of a gate. */
    private <T> void both(
            String name,
            boolean hasRoom,
            Maker<BoundDevice, T> ofBound,
            Maker<FopsGate, T> ofGate,
            Step<T> before,
            Step<T> step,
            Again<T> again) {
        all.put(
                name,
                () -> {
                    AtomicInteger runs = new AtomicInteger();
                    OnBound<T> device =
                            new OnBound<>(others, bound -> ofBound.make(bound, runs), made -> {});
                    return new Started<>(
                            device, () -> device.made, runs, hasRoom, before, step, again);
                });
        all.put(
                name + " of a gate",
                () -> {
                    AtomicInteger runs = new AtomicInteger();
                    TestDevice device = new TestDevice("device");
                    T made = ofGate.make(device.gate, runs);
                    Trial owner = () -> device.wrong(others);
                    return new Started<>(owner, () -> made, runs, hasRoom, before, step, again);
                });
    }

    /** Started and taken back, and started again then, before what it belongs to is judged. */
    private record Started<T>(
            Trial owner,
            Supplier<T> made,
            AtomicInteger runs,
            boolean hasRoom,
            Step<T> before,
            Step<T> step,
            Again<T> again)
            implements Trial {
        @Override
        public void prepare() throws Exception {
            owner.prepare();
            before.run(made.get());
        }

        @Override
        public void run() throws Exception {
            step.run(made.get());
        }

        @Override
        public String judge() throws Exception {
            String wrong = again.wrong(made.get(), runs);
            return wrong != null ? wrong : owner.judge();
        }
    }

    /** Queued anew, and waited for. */
    private String runsAgain(Work work, AtomicInteger runs) throws Exception {
        int before = runs.get();
        Future<?> again =
                others.submit(
                        () -> {
                            work.cancelSync();
                            work.queue();
                            work.flush();
                        });
        try {
            again.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "work cannot be taken back, or started again";
        }
        return runs.get() > before ? null : "work that was started again does not run";
    }

    private String comesAgain(DeviceTimer timer, AtomicInteger runs) throws Exception {
        int before = runs.get();
        Future<?> again =
                others.submit(
                        () -> {
                            timer.deleteSync();
                            timer.mod(Duration.ZERO);
                        });
        try {
            again.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "a timer cannot be deleted, or set again";
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (runs.get() == before) {
            if (System.nanoTime() > deadline) {
                return "a timer that was set again does not come";
            }
            Thread.onSpinWait();
        }
        others.submit(timer::deleteSync).get(LIMIT_SECONDS, TimeUnit.SECONDS); // its run has ended
        return null;
    }
}
