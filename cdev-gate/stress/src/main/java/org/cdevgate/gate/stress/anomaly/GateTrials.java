package org.cdevgate.gate.stress.anomaly;

import static org.cdevgate.gate.stress.anomaly.TestDevice.CANCEL;
import static org.cdevgate.gate.stress.anomaly.TestDevice.HOLD;
import static org.cdevgate.gate.stress.anomaly.TestDevice.NESTED;
import static org.cdevgate.gate.stress.anomaly.TestDevice.PLAIN;
import static org.cdevgate.gate.stress.anomaly.TestDevice.SLEEP;
import static org.cdevgate.gate.stress.anomaly.TestDevice.SLEEP_ALONE;
import static org.cdevgate.gate.stress.anomaly.TestDevice.SLEEP_ALONE_FOR_NO_TIME;
import static org.cdevgate.gate.stress.anomaly.TestDevice.SLEEP_FOR_NO_TIME;
import static org.cdevgate.gate.stress.anomaly.TestDevice.WOULD_BLOCK_FOR_NO_TIME;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.Hold;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.PollWatcher;
import org.cdevgate.gate.front.RemovalListener;

/** What is run with anomalies. */
final class GateTrials {
    private final ExecutorService others;
    private final Map<String, Supplier<Trial>> all = new LinkedHashMap<>();

    private GateTrials(ExecutorService others) {
        this.others = others;
    }

    /**
     * By name.
     *
     * @param others threads on which nothing fails
     */
    static Map<String, Supplier<Trial>> all(ExecutorService others) {
        GateTrials made = new GateTrials(others);
        made.verbs();
        made.byHand();
        made.sleeping();
        made.waking();
        made.refusals();
        made.removals();
        made.holds();
        new BoundTrials(others, made.all).add();
        new WorkTrials(others, made.all).add();
        made.newThreads();
        return made.all;
    }

    /** A call on an open file of a device. */
    private interface CallStep {
        void run(TestDevice device, OpenFile file) throws Exception;
    }

    /** A call on an open file. */
    private class OnFile implements Trial {
        final TestDevice device = new TestDevice("device");
        private final Step<TestDevice> before;
        private final CallStep step;
        OpenFile file;

        OnFile(CallStep step) {
            this(device -> {}, step);
        }

        OnFile(Step<TestDevice> before, CallStep step) {
            this.before = before;
            this.step = step;
        }

        @Override
        public void prepare() throws Exception {
            file = device.open();
            before.run(device);
        }

        @Override
        public void run() throws Exception {
            step.run(device, file);
        }

        @Override
        public String judge() throws Exception {
            return device.wrong(others);
        }
    }

    private void onFile(String name, CallStep step) {
        all.put(name, () -> new OnFile(step));
    }

    private void verbs() {
        ByteBuffer data = ByteBuffer.allocate(8);
        Caller local = Caller.local();
        onFile("open", (device, file) -> device.gate.front().open(0, local));
        onFile("read", (device, file) -> device.gate.front().read(file, data.clear(), 0, local));
        onFile("write", (device, file) -> device.gate.front().write(file, data.clear(), 0, local));
        onFile("llseek", (device, file) -> device.gate.front().llseek(file, 1, 0, local));
        onFile("ioctl", (device, file) -> device.ioctl(file, PLAIN));
        onFile("mmap", (device, file) -> device.gate.front().mmap(file, 0, 1, local));
        onFile("fsync", (device, file) -> device.gate.front().fsync(file, true, local));
        onFile("flush", (device, file) -> device.gate.front().flush(file, local));
        onFile("close", (device, file) -> device.gate.front().close(file));
        onFile("poll", (device, file) -> device.gate.front().poll(file, local, new NoWatcher()));
        onFile("callback", (device, file) -> device.ioctl(file, CANCEL));
        all.put(
                "at the highest level of diagnostics",
                () ->
                        new OnFile(
                                device -> device.gate.diagnostics(DiagnosticLevel.FULL),
                                (device, file) -> device.ioctl(file, CANCEL)));
        all.put(
                "nested",
                () -> {
                    TestDevice inner = new TestDevice("inner");
                    return new OnFile((device, file) -> device.ioctl(file, NESTED)) {
                        @Override
                        public void prepare() throws Exception {
                            super.prepare();
                            inner.open();
                            device.with(inner);
                        }

                        @Override
                        public String judge() throws Exception {
                            String wrong = inner.wrong(others);
                            return wrong != null ? wrong : super.judge();
                        }
                    };
                });
    }

    private static final class NoWatcher extends PollWatcher {
        @Override
        protected void wakeUp() {}
    }

    private void byHand() {
        // An exit that fails is the caller's, as is told there; so it is made where nothing fails.
        all.put(
                "enter",
                () ->
                        new OnFile((device, file) -> {}) {
                            private long ticket;

                            @Override
                            public void run() throws Exception {
                                ticket = device.gate.enter();
                            }

                            @Override
                            public String judge() throws Exception {
                                if (ticket != 0) {
                                    device.gate.exit(ticket);
                                }
                                return super.judge();
                            }
                        });
        onFile("tryRun", (device, file) -> device.gate.tryRun(() -> {}));
        onFile(
                "tryRun that fails",
                (device, file) ->
                        device.gate.tryRun(
                                () -> {
                                    throw new IllegalStateException();
                                }));
    }

    private void sleeping() {
        onFile("sleep", (device, file) -> device.ioctl(file, SLEEP_FOR_NO_TIME));
        onFile("exclusive sleep", (device, file) -> device.ioctl(file, SLEEP_ALONE_FOR_NO_TIME));
        onFile("would block", (device, file) -> device.ioctl(file, WOULD_BLOCK_FOR_NO_TIME));
        all.put(
                "an exclusive sleeper that fails takes no wake-up from another",
                () ->
                        new Sleepers(
                                SLEEP_ALONE,
                                1,
                                (device, file) -> device.ioctl(file, SLEEP_ALONE_FOR_NO_TIME)));
    }

    /** Others that sleep; they wait for an item each. */
    private class Sleepers extends OnFile {
        private final List<Future<?>> asleep = new ArrayList<>();
        private final int command;
        private final int count;

        Sleepers(int command, int count, CallStep step) {
            super(step);
            this.command = command;
            this.count = count;
        }

        @Override
        public void prepare() throws Exception {
            super.prepare();
            for (int i = 0; i < count; i++) {
                asleep.add(
                        others.submit(
                                () ->
                                        device.gate
                                                .front()
                                                .ioctl(
                                                        file,
                                                        command,
                                                        0,
                                                        ByteBuffer.allocate(0),
                                                        Caller.local())));
            }
            while (device.queue.sleepers() < count) {
                Thread.onSpinWait();
            }
        }

        private long done() {
            return asleep.stream().filter(Future::isDone).count();
        }

        private boolean areWoken(int count, long deadline) {
            while (done() < count && System.nanoTime() <= deadline) {
                Thread.onSpinWait();
            }
            return done() >= count;
        }

        private String whoWereWoken(int count) {
            return done() + " of " + count + " were woken, in flight " + device.inFlight();
        }

        @Override
        public String judge() throws Exception {
            if (!device.gate.isRemoving()) {
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
                for (int served = 0; served < count; ) {
                    device.items.incrementAndGet();
                    device.queue.wakeUp();
                    served++;
                    if (command == SLEEP_ALONE && !areWoken(served, deadline)) { // one each
                        return whoWereWoken(served);
                    }
                }
                if (!areWoken(count, deadline)) {
                    return whoWereWoken(count);
                }
            }
            String wrong = super.judge();
            for (Future<?> each : asleep) {
                try {
                    each.get(5, TimeUnit.SECONDS);
                } catch (java.util.concurrent.ExecutionException e) {
                    if (!(e.getCause() instanceof ErrnoException)) {
                        throw e;
                    }
                } catch (TimeoutException e) {
                    return "a sleeper sleeps on after the removal";
                }
            }
            return wrong;
        }
    }

    private void waking() {
        all.put(
                "wake-up",
                () ->
                        new Sleepers(
                                SLEEP,
                                3,
                                (device, file) -> {
                                    device.items.addAndGet(3);
                                    device.queue.wakeUp();
                                }));
        all.put(
                "exclusive wake-up",
                () -> new Sleepers(SLEEP_ALONE, 2, (device, file) -> device.queue.wakeUp()));
    }

    private void refusals() {
        refused("refused enter", (device, file) -> device.gate.enter());
        refused("refused tryRun", (device, file) -> device.gate.tryRun(() -> {}));
        refused("refused ioctl", (device, file) -> device.ioctl(file, PLAIN));
        refused("refused hold", (device, file) -> device.gate.hold("late"));
        refused("close after the flag", (device, file) -> device.gate.front().close(file));
    }

    private void refused(String name, CallStep step) {
        all.put(name, () -> new OnFile(device -> device.gate.beginRemoval(), step));
    }

    private void removals() {
        all.put("removal", () -> new Removed(FopsGate::unregisterSync));
        all.put("beginning of a removal", () -> new Removed(FopsGate::beginRemoval));
        all.put(
                "end of a removal",
                () ->
                        new Removed(FopsGate::awaitRemoval) {
                            @Override
                            public void prepare() throws Exception {
                                super.prepare();
                                device.gate.beginRemoval();
                            }
                        });
        all.put(
                "removal on another thread",
                () -> new Removed(gate -> gate.unregisterAsync().get(5, TimeUnit.SECONDS)));
    }

    private class Removed extends Sleepers implements RemovalListener {
        private final AtomicInteger flagged = new AtomicInteger();
        private final AtomicInteger drained = new AtomicInteger();
        private final AtomicInteger tornDown = new AtomicInteger();

        Removed(Step<FopsGate> remover) {
            super(SLEEP, 1, (device, file) -> remover.run(device.gate));
        }

        @Override
        public void prepare() throws Exception {
            device.gate.front().addRemovalListener(this);
            super.prepare();
        }

        @Override
        public void onFlagged() {
            flagged.incrementAndGet();
        }

        @Override
        public void onDrained() {
            drained.incrementAndGet();
        }

        @Override
        public void onTornDown() {
            tornDown.incrementAndGet();
        }

        @Override
        public String judge() throws Exception {
            // Whoever comes next, on this thread too, finishes it.
            device.gate.unregisterSync(java.time.Duration.ofSeconds(5));
            String wrong = super.judge();
            if (wrong == null
                    && (flagged.get() != 1 || drained.get() != 1 || tornDown.get() != 1)) {
                return "the listener was told "
                        + flagged
                        + ", "
                        + drained
                        + ", "
                        + tornDown
                        + " times";
            }
            return wrong;
        }
    }

    private void holds() {
        onFile("hold in a call", (device, file) -> device.ioctl(file, HOLD));
        onFile(
                "work of a hold",
                (device, file) -> {
                    // One that could not be released is the caller's, as with a lock.
                    Hold hold = device.gate.hold("work");
                    try {
                        hold.run(() -> {});
                    } finally {
                        Anomaly.disarm();
                        hold.release();
                    }
                });
        all.put(
                "release of a hold",
                () ->
                        new OnFile((device, file) -> {}) {
                            private Hold hold;

                            @Override
                            public void prepare() throws Exception {
                                super.prepare();
                                hold = device.gate.hold("work");
                            }

                            @Override
                            public void run() {
                                hold.release();
                            }

                            @Override
                            public String judge() throws Exception {
                                hold.close(); // as a try block would have
                                return super.judge();
                            }
                        });
    }

    /**
     * Last: each leaves a record of a dead thread until the next collection, and a removal walks
     * them all.
     */
    private void newThreads() {
        all.put(
                "the first call of a thread",
                () ->
                        // The anomaly is of the thread that arms it; so that is the new one.
                        new OnFile(
                                (device, file) ->
                                        Anomaly.onNewThread(() -> device.ioctl(file, PLAIN))));
    }
}
