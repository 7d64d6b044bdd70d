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

/**
 * Work and timers, of bound devices and of gates, with anomalies where they are started and taken
 * back. Whatever has failed, they can be started again then, and what they belong to can go.
 */
final class WorkScenarios {
    private static final Duration LATER = Duration.ofHours(1);
    private static final long LIMIT_SECONDS = 5;

    private final ExecutorService others;
    private final Map<String, Supplier<Trial>> all;

    WorkScenarios(ExecutorService others, Map<String, Supplier<Trial>> all) {
        this.others = others;
        this.all = all;
    }

    private interface Step<T> {
        void run(T started);
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
        all.put(
                "making of a work queue",
                () ->
                        new OnBound(others) {
                            private BoundDevice proof;

                            @Override
                            void made(BoundDevice bound) {}

                            @Override
                            public void prepare() {
                                super.prepare();
                                proof = device().tryEnter().orElseThrow();
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
                        });
    }

    private void work(String name, boolean hasRoom, Step<Work> before, Step<Work> step) {
        all.put(
                name,
                () ->
                        new OnBound(others) {
                            private final AtomicInteger runs = new AtomicInteger();
                            private Work work;

                            @Override
                            void made(BoundDevice bound) {
                                work =
                                        WorkQueue.alloc(bound, "anomaly", 1)
                                                .work("work", runs::incrementAndGet);
                            }

                            @Override
                            public void prepare() {
                                super.prepare();
                                before.run(work);
                            }

                            @Override
                            public boolean hasRoom() {
                                return hasRoom;
                            }

                            @Override
                            public void run() {
                                step.run(work);
                            }

                            @Override
                            public String judge() throws Exception {
                                String wrong = runsAgain(work, runs);
                                return wrong != null ? wrong : super.judge();
                            }
                        });
        all.put(
                name + " of a gate",
                () ->
                        new OnGate() {
                            private final AtomicInteger runs = new AtomicInteger();
                            private final Work work =
                                    WorkQueue.alloc(device.gate, "anomaly", 1)
                                            .work("work", runs::incrementAndGet);

                            @Override
                            public void prepare() {
                                before.run(work);
                            }

                            @Override
                            public boolean hasRoom() {
                                return hasRoom;
                            }

                            @Override
                            public void run() {
                                step.run(work);
                            }

                            @Override
                            public String judge() throws Exception {
                                String wrong = runsAgain(work, runs);
                                return wrong != null ? wrong : super.judge();
                            }
                        });
    }

    private void timer(
            String name, boolean hasRoom, Step<DeviceTimer> before, Step<DeviceTimer> step) {
        all.put(
                name,
                () ->
                        new OnBound(others) {
                            private final AtomicInteger runs = new AtomicInteger();
                            private DeviceTimer timer;

                            @Override
                            void made(BoundDevice bound) {
                                timer =
                                        DeviceTimer.setup(
                                                bound, "anomaly", proof -> runs.incrementAndGet());
                            }

                            @Override
                            public void prepare() {
                                super.prepare();
                                before.run(timer);
                            }

                            @Override
                            public boolean hasRoom() {
                                return hasRoom;
                            }

                            @Override
                            public void run() {
                                step.run(timer);
                            }

                            @Override
                            public String judge() throws Exception {
                                String wrong = comesAgain(timer, runs);
                                return wrong != null ? wrong : super.judge();
                            }
                        });
        all.put(
                name + " of a gate",
                () ->
                        new OnGate() {
                            private final AtomicInteger runs = new AtomicInteger();
                            private final DeviceTimer timer =
                                    DeviceTimer.setup(
                                            device.gate, "anomaly", runs::incrementAndGet);

                            @Override
                            public void prepare() {
                                before.run(timer);
                            }

                            @Override
                            public boolean hasRoom() {
                                return hasRoom;
                            }

                            @Override
                            public void run() {
                                step.run(timer);
                            }

                            @Override
                            public String judge() throws Exception {
                                String wrong = comesAgain(timer, runs);
                                return wrong != null ? wrong : super.judge();
                            }
                        });
    }

    private abstract class OnGate implements Trial {
        final TestDevice device = new TestDevice("device");

        @Override
        public String judge() throws Exception {
            return device.wrong(others);
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
