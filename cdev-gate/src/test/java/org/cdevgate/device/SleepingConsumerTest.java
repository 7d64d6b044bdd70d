package org.cdevgate.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.async.DeviceTimer;
import org.cdevgate.async.NotifierChain;
import org.cdevgate.async.Work;
import org.cdevgate.async.WorkQueue;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A bus adapter is unplugged while a driver of a device on that bus sleeps in a transfer: in a
 * verb, in probe, in whatever calls the driver by itself. Nothing ever answers the transfer.
 */
class SleepingConsumerTest {
    private static final int SECONDS = 30;

    private final DeviceModel model = new DeviceModel();
    private final Bus bus = model.bus("i2c");
    private final WaitQueue done = new WaitQueue("transfer done");
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean answers;
    private Device adapter;

    /** What a driver does. */
    private abstract static class NamedDriver implements Driver {
        private final String name;

        NamedDriver(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean matches(Device device) {
            return device.name().equals(name);
        }
    }

    @BeforeEach
    void plugTheAdapterIn() {
        bus.addDriver(
                new NamedDriver("adapter") {
                    @Override
                    public void probe(BoundDevice bound) {
                        FopsGate gate =
                                FopsGate.of(
                                        "adapter",
                                        new FileOperations() {
                                            @Override
                                            public int ioctl(
                                                    OpenFile file,
                                                    int command,
                                                    long argument,
                                                    ByteBuffer data,
                                                    Call call)
                                                    throws ErrnoException {
                                                call.await(done, () -> answers);
                                                return 7;
                                            }
                                        });
                        bound.provide(FopsGate.class, "", bound.addGate(gate));
                    }
                });
        adapter = bus.newDevice("adapter").add();
    }

    private static OpenFile open(BoundDevice bound, Device supplier) throws Exception {
        return bound.request(supplier, FopsGate.class, "")
                .front()
                .open(OpenFlags.O_RDWR, Caller.local());
    }

    private static int transfer(OpenFile file) throws ErrnoException {
        return file.gate().front().ioctl(file, 1, 0, ByteBuffer.allocate(4), Caller.local());
    }

    private void transfer(String what, OpenFile file) {
        try {
            events.add(what + " " + transfer(file));
        } catch (ErrnoException e) {
            events.add(what + " " + Errno.describe(e.errno()));
        }
    }

    private void awaitAsleep() {
        Awaitility.await("a transfer to sleep")
                .atMost(Duration.ofSeconds(SECONDS))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> done.sleepers() == 1);
    }

    private void assertUnplugged() throws Exception {
        assertTrue(TestThreads.join(TestThreads.start(() -> adapter.remove())), "the unplug hangs");
        assertEquals(0, done.sleepers());
        model.waitForProbes();
    }

    /** A driver with something that it does for ever from probe on. */
    private interface Sets {
        void up(BoundDevice bound, OpenFile file) throws Exception;
    }

    private Device sensor(Sets sets) {
        bus.addDriver(
                new NamedDriver("sensor") {
                    @Override
                    public void probe(BoundDevice bound) throws Exception {
                        sets.up(bound, open(bound, adapter));
                    }

                    @Override
                    public void remove(BoundDevice bound) {
                        events.add("remove");
                    }
                });
        return bus.newDevice("sensor").add();
    }

    private static FopsGate readsBy(OpenFile file) {
        return FopsGate.of(
                "sensor",
                new FileOperations() {
                    @Override
                    public int read(OpenFile opened, ByteBuffer dst, long position, Call call)
                            throws ErrnoException {
                        return transfer(file);
                    }
                });
    }

    private FutureTask<Void> read(FopsGate gate) throws ErrnoException {
        OpenFile file = gate.front().open(OpenFlags.O_RDWR, Caller.local());
        return TestThreads.start(
                () -> {
                    try {
                        gate.front().read(file, ByteBuffer.allocate(4), 0, Caller.local());
                        events.add("read");
                    } catch (ErrnoException e) {
                        events.add("read " + Errno.describe(e.errno()));
                    }
                    return null;
                });
    }

    @Test
    void inAVerb() throws Exception {
        AtomicReference<FopsGate> gate = new AtomicReference<>();
        sensor((bound, file) -> gate.set(bound.addGate(readsBy(file))));
        FutureTask<Void> reader = read(gate.get());
        awaitAsleep();
        assertUnplugged();
        TestThreads.join(reader);
        Collections.sort(events);
        assertEquals(List.of("read ENODEV", "remove"), events);
    }

    @Test
    void inAVerbOfAChild() throws Exception {
        AtomicReference<FopsGate> gate = new AtomicReference<>();
        bus.addDriver(
                new NamedDriver("child") {
                    @Override
                    public void probe(BoundDevice bound) throws Exception {
                        gate.set(bound.addGate(readsBy(open(bound, adapter))));
                    }
                });
        bus.newDevice("child").parent(adapter).add();
        FutureTask<Void> reader = read(gate.get());
        awaitAsleep();
        assertUnplugged();
        TestThreads.join(reader);
        assertEquals(List.of("read ENODEV"), events);
    }

    /** The device is not bound, and its probe is tried again when the adapter is back. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inProbe(boolean onAThreadOfTheModels) throws Exception {
        AtomicInteger probes = new AtomicInteger();
        bus.addDriver(
                new NamedDriver("sensor") {
                    @Override
                    public boolean probesAsynchronously() {
                        return onAThreadOfTheModels;
                    }

                    @Override
                    public void probe(BoundDevice bound) throws Exception {
                        OpenFile file = open(bound, adapter);
                        probes.incrementAndGet();
                        transfer(file);
                    }
                });
        FutureTask<Device> adding = TestThreads.start(() -> bus.newDevice("sensor").add());
        awaitAsleep();
        assertTrue(TestThreads.join(TestThreads.start(() -> adapter.unbind())), "the unbind hangs");
        Device sensor = TestThreads.join(adding);
        assertFalse(sensor.isBound());
        answers = true;
        assertTrue(adapter.attach());
        model.waitForProbes();
        assertTrue(sensor.isBound(), "it does not come back with its supplier");
        assertEquals(2, probes.get());
    }

    /** By the unplug of the device itself, while the adapter lives. */
    @Test
    void inProbeOfADeviceThatIsUnplugged() throws Exception {
        FutureTask<Device> adding =
                TestThreads.start(() -> sensor((bound, file) -> transfer("probe", file)));
        awaitAsleep();
        Device sensor = bus.device("sensor");
        assertTrue(TestThreads.join(TestThreads.start(() -> sensor.remove())), "the unplug hangs");
        TestThreads.join(adding);
        assertFalse(sensor.isBound());
        assertTrue(adapter.isBound());
        assertEquals(List.of("probe ENODEV", "remove"), events);
        model.waitForProbes();
        assertEquals(Map.of(), model.deferred(), "it waits for something for ever");
    }

    /** A probe that does not care is bound, and unbound in the same moment. */
    @Test
    void inProbeThatSwallowsIt() throws Exception {
        FutureTask<Device> adding =
                TestThreads.start(
                        () ->
                                sensor(
                                        (bound, file) -> {
                                            transfer("probe", file);
                                            transfer("again", file);
                                        }));
        awaitAsleep();
        assertUnplugged();
        assertFalse(TestThreads.join(adding).isBound());
        assertEquals(List.of("probe ENODEV", "again ENODEV", "remove"), events);
    }

    /** What a probe waits for may sleep, too. */
    @Test
    void inWorkThatProbeWaitsFor() throws Exception {
        FutureTask<Device> adding =
                TestThreads.start(
                        () ->
                                sensor(
                                        (bound, file) -> {
                                            WorkQueue queue = WorkQueue.alloc(bound, "setup", 1);
                                            Work work =
                                                    queue.work("init", b -> transfer("work", file));
                                            work.queue();
                                            work.flush();
                                        }));
        awaitAsleep();
        assertUnplugged();
        assertFalse(TestThreads.join(adding).isBound());
        assertEquals("work ENODEV", events.get(0));
    }

    @Test
    void inWork() throws Exception {
        sensor(
                (bound, file) -> {
                    WorkQueue queue = WorkQueue.alloc(bound, "poll", 1);
                    queue.work("first", b -> transfer("first", file)).queue();
                    queue.work("second", b -> transfer("second", file)).queue();
                });
        awaitAsleep();
        assertUnplugged();
        events.remove("remove");
        assertEquals(List.of("first ENODEV", "second ENODEV"), events);
    }

    /** Which a driver's remove() cancels, as drivers do. */
    @Test
    void inWorkThatQueuesItselfAgain() throws Exception {
        AtomicReference<Work> work = new AtomicReference<>();
        AtomicInteger runs = new AtomicInteger();
        bus.addDriver(
                new NamedDriver("sensor") {
                    @Override
                    public void probe(BoundDevice bound) throws Exception {
                        OpenFile file = open(bound, adapter);
                        WorkQueue queue = WorkQueue.alloc(bound, "poll", 1);
                        work.set(
                                queue.work(
                                        "poll",
                                        b -> {
                                            runs.incrementAndGet();
                                            work.get().queue();
                                            transfer(file);
                                        }));
                        work.get().queue();
                    }

                    @Override
                    public void remove(BoundDevice bound) {
                        int seen = runs.get();
                        Awaitility.await().until(() -> runs.get() > seen + 1);
                        work.get().cancelSync();
                        events.add("remove");
                    }
                });
        bus.newDevice("sensor").add();
        awaitAsleep();
        assertUnplugged();
        assertEquals(List.of("remove"), events);
    }

    @Test
    void inATimersFunction() throws Exception {
        sensor(
                (bound, file) ->
                        DeviceTimer.setup(bound, "poll", b -> transfer("timer", file))
                                .mod(Duration.ZERO));
        awaitAsleep();
        assertUnplugged();
        assertTrue(events.contains("timer ENODEV"), events::toString);
    }

    @Test
    void inANotifier() throws Exception {
        NotifierChain<String> chain = new NotifierChain<>("power");
        sensor(
                (bound, file) ->
                        chain.register(
                                bound,
                                0,
                                (event, b) -> {
                                    transfer("notifier", file);
                                    return true;
                                }));
        FutureTask<Integer> notifying = TestThreads.start(() -> chain.call("suspend"));
        awaitAsleep();
        assertUnplugged();
        assertEquals(1, TestThreads.join(notifying));
        assertTrue(events.contains("notifier ENODEV"), events::toString);
    }

    @Test
    void inCodeThatEnteredTheDevice() throws Exception {
        AtomicReference<OpenFile> toAdapter = new AtomicReference<>();
        Device sensor = sensor((bound, file) -> toAdapter.set(file));
        FutureTask<Void> inside =
                TestThreads.start(
                        () -> {
                            try (BoundDevice bound = sensor.tryEnter().orElseThrow()) {
                                assertTrue(bound.isValid());
                                transfer("inside", toAdapter.get());
                            }
                            return null;
                        });
        awaitAsleep();
        assertUnplugged();
        TestThreads.join(inside);
        Collections.sort(events);
        assertEquals(List.of("inside ENODEV", "remove"), events);
    }

    /** The rest of the unbinding may talk to the adapter, and sleep there. */
    @Test
    void removeAndTheReleaseOfResourcesSleepAsEver() throws Exception {
        AtomicReference<OpenFile> toAdapter = new AtomicReference<>();
        bus.addDriver(
                new NamedDriver("sensor") {
                    @Override
                    public void probe(BoundDevice bound) throws Exception {
                        OpenFile file = open(bound, adapter);
                        toAdapter.set(file);
                        bound.devres().addAction("power", () -> transfer("power off", file));
                        bound.addGate(
                                FopsGate.builder("sensor", new FileOperations() {})
                                        .onTeardown(() -> transfer("teardown", file))
                                        .build());
                    }

                    @Override
                    public void remove(BoundDevice bound) {
                        transfer("remove", toAdapter.get());
                    }
                });
        bus.newDevice("sensor").add();
        FutureTask<Boolean> unplug = TestThreads.start(() -> adapter.remove());
        awaitAsleep();
        assertFalse(unplug.isDone());
        answers = true;
        done.wakeUp();
        assertTrue(TestThreads.join(unplug));
        assertEquals(List.of("teardown 7", "remove 7", "power off 7"), events);
    }
}
