package org.cdevgate.device;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.cdevgate.internal.SlowWait;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeviceTest {
    private final DeviceModel model = new DeviceModel();
    private final Bus bus = model.bus("usb");
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void aDeviceAndADriverFindEachOtherInEitherOrder() {
        Device first = bus.newDevice("cam0").add();
        assertFalse(first.isBound());
        Driver driver = new NotingDriver("cam", events);
        bus.addDriver(driver);
        assertSame(driver, first.driver());
        Device second = bus.newDevice("cam1").add();
        assertTrue(second.isBound());
        Device other = bus.newDevice("disk0").add();
        assertNull(other.driver());
        bus.removeDriver(driver);
        assertEquals(List.of("probe cam0", "probe cam1", "remove cam1", "remove cam0"), events);
        assertFalse(first.isBound() || second.isBound());
        assertThrows(IllegalArgumentException.class, () -> bus.newDevice("cam0").add());
    }

    @Test
    void aDeviceOutlivesItsUnbindingAndItsUnplugging() {
        bus.addDriver(new NotingDriver("cam", events));
        Device device =
                bus.newDevice("cam0").data("port 3").onRelease(() -> events.add("release")).add();
        Device kept = device.get();
        assertTrue(device.remove());
        assertFalse(device.remove());
        assertEquals(List.of("probe cam0", "remove cam0"), events);
        assertTrue(kept.isGone());
        assertEquals("port 3", kept.data(String.class));
        kept.put();
        assertEquals(List.of("probe cam0", "remove cam0", "release"), events);
        assertThrows(IllegalStateException.class, kept::get);
        assertThrows(IllegalStateException.class, kept::put);
        assertNull(bus.device("cam0"));
    }

    @Test
    void aFailedProbeUndoesWhatItDid() {
        List<FopsGate> gates = new ArrayList<>();
        bus.addDriver(
                new NotingDriver("cam", events) {
                    @Override
                    public void probe(BoundDevice bound) throws Exception {
                        bound.devres().addAction("clock", () -> events.add("clock off"));
                        bound.devres().addAction("power", () -> events.add("power off"));
                        gates.add(
                                bound.addGate(
                                        FopsGate.builder("video0", new FileOperations() {})
                                                .onTeardown(() -> events.add("teardown"))
                                                .build()));
                        throw new java.io.IOException("no answer from the sensor");
                    }
                });
        Device device = bus.newDevice("cam0").add();
        assertFalse(device.isBound());
        assertTrue(gates.get(0).isRemoved());
        assertEquals(List.of("teardown", "power off", "clock off"), events);
        assertFalse(device.attach(), "and again");
        assertEquals(6, events.size());
    }

    /** A driver with a node whose reads sleep until somebody sends, and a proof for each read. */
    private final class Sleepy extends NotingDriver {
        final WaitQueue never = new WaitQueue("never");
        volatile BoundDevice escaped;
        FopsGate gate;

        Sleepy() {
            super("sleepy", events);
        }

        @Override
        public void probe(BoundDevice bound) throws Exception {
            super.probe(bound);
            Device device = bound.device();
            bound.setDriverData("state");
            bound.devres().addAction("registers", () -> events.add("registers unmapped"));
            gate =
                    bound.addGate(
                            FopsGate.of(
                                    "sleepy",
                                    new FileOperations() {
                                        @Override
                                        public int read(
                                                OpenFile file,
                                                ByteBuffer dst,
                                                long position,
                                                Call call)
                                                throws ErrnoException {
                                            escaped = device.bound(call);
                                            assertEquals("state", escaped.driverData(String.class));
                                            try {
                                                call.await(never, () -> false);
                                            } finally {
                                                escaped.check();
                                                events.add("read ends");
                                            }
                                            return 0;
                                        }

                                        @Override
                                        public int ioctl(
                                                OpenFile file,
                                                int command,
                                                long argument,
                                                ByteBuffer data,
                                                Call call) {
                                            assertThrows(
                                                    SelfRemovalException.class, device::unbind);
                                            assertThrows(
                                                    SelfRemovalException.class, device::remove);
                                            return 0;
                                        }
                                    }));
        }
    }

    @Test
    void aUserUnbindsALiveDevice() throws Exception {
        Sleepy driver = new Sleepy();
        bus.addDriver(driver);
        Device device = bus.newDevice("sleepy").add();
        FopsGate gate = driver.gate;
        OpenFile file = gate.front().open(0, Caller.local());
        assertEquals(0, gate.front().ioctl(file, 0, 0, ByteBuffer.allocate(0), Caller.local()));
        assertTrue(device.isBound(), "a removal from inside changed something");
        FutureTask<Integer> read =
                TestThreads.start(
                        () -> gate.front().read(file, ByteBuffer.allocate(1), 0, Caller.local()));
        await().atMost(LIMIT).until(() -> driver.never.sleepers() == 1);
        assertTrue(driver.escaped.isValid());
        assertTrue(device.unbind());
        Exception answer =
                assertThrows(
                        java.util.concurrent.ExecutionException.class,
                        () -> read.get(30, TimeUnit.SECONDS));
        assertEquals(Errno.ENODEV.number(), ((ErrnoException) answer.getCause()).errno());
        assertEquals(
                List.of("probe sleepy", "read ends", "remove sleepy", "registers unmapped"),
                events);
        assertFalse(driver.escaped.isValid());
        assertThrows(IllegalStateException.class, driver.escaped::check);
        assertThrows(IllegalStateException.class, () -> driver.escaped.devres());
        assertFalse(device.unbind(), "it was unbound already");
        assertTrue(device.attach(), "bind it again");
        assertTrue(driver.gate != gate && gate.isRemoved());
        device.remove();
    }

    @Test
    void aCallOfAnotherDeviceIsNoProof() throws Exception {
        bus.addDriver(new NotingDriver("cam", events));
        Device device = bus.newDevice("cam0").add();
        FopsGate stranger =
                FopsGate.of(
                        "stranger",
                        new FileOperations() {
                            @Override
                            public int open(OpenFile file, Call call) {
                                assertThrows(IllegalStateException.class, () -> device.bound(call));
                                return 0;
                            }
                        });
        stranger.front().open(0, Caller.local());
        stranger.unregisterSync();
    }

    @Test
    void otherCodeEntersAndTheUnbindingWaitsForIt() throws Exception {
        bus.addDriver(new NotingDriver("cam", events));
        Device device = bus.newDevice("cam0").add();
        BoundDevice bound = device.tryEnter().orElseThrow();
        bound.check();
        assertThrows(SelfRemovalException.class, device::unbind);
        FutureTask<Boolean> unbind = TestThreads.start(device::unbind);
        await().atMost(LIMIT).until(() -> !device.isBound());
        assertTrue(device.tryEnter().isEmpty(), "no new ones");
        assertFalse(unbind.isDone());
        assertEquals(List.of("probe cam0"), events);
        bound.close();
        bound.close();
        assertTrue(unbind.get(30, TimeUnit.SECONDS));
        assertThrows(IllegalStateException.class, bound::check);
        assertEquals(List.of("probe cam0", "remove cam0"), events);
        assertTrue(device.tryEnter().isEmpty());
    }

    @Test
    void everyUnbinderReturnsWhenItIsOver() throws Exception {
        CountDownLatch inRemove = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        bus.addDriver(
                new NotingDriver("cam", events) {
                    @Override
                    public void remove(BoundDevice bound) throws Exception {
                        assertThrows(IllegalStateException.class, () -> bound.device().unbind());
                        inRemove.countDown();
                        goOn.await();
                        super.remove(bound);
                    }
                });
        Device device = bus.newDevice("cam0").add();
        FutureTask<Boolean> first = TestThreads.start(device::unbind);
        inRemove.await();
        FutureTask<Boolean> second = TestThreads.start("second", device::unbind);
        FutureTask<Boolean> third = TestThreads.start("third", device::remove);
        TestThreads.until(() -> second.isDone() || isWaiting("second"));
        TestThreads.until(() -> third.isDone() || isWaiting("third"));
        assertFalse(second.isDone() || third.isDone(), "its driver's remove() goes on");
        goOn.countDown();
        assertTrue(first.get(30, TimeUnit.SECONDS));
        assertFalse(second.get(30, TimeUnit.SECONDS));
        assertTrue(third.get(30, TimeUnit.SECONDS));
        assertEquals(List.of("probe cam0", "remove cam0"), events);
    }

    private static boolean isWaiting(String thread) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(each -> each.getKey().getName().equals(thread))
                .flatMap(each -> Stream.of(each.getValue()))
                .anyMatch(frame -> frame.getClassName().equals(SlowWait.class.getName()));
    }

    @Test
    void aNodeThatComesTooLateIsRemovedInsteadOfPublished() throws Exception {
        FopsGate late = FopsGate.of("late", new FileOperations() {});
        bus.addDriver(
                new NotingDriver("cam", events) {
                    @Override
                    public void remove(BoundDevice bound) {
                        assertThrows(IllegalStateException.class, () -> bound.addGate(late));
                        events.add("refused");
                    }
                });
        Device device = bus.newDevice("cam0").add();
        device.unbind();
        assertTrue(late.isRemoved());
        assertEquals(List.of("probe cam0", "refused"), events);
    }

    @Test
    void aProbeIsCalledAgainWhenWhatItNeedsIsThere() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        bus.addDriver(
                new NotingDriver("cam", events) {
                    @Override
                    public void probe(BoundDevice bound) throws Exception {
                        tries.incrementAndGet();
                        Device regulator = bus.device("regulator");
                        if (regulator == null || !regulator.isBound()) {
                            throw new ProbeDeferredException("its regulator");
                        }
                        super.probe(bound);
                    }
                });
        Device camera = bus.newDevice("cam0").add();
        assertEquals("its regulator", model.deferred().get(camera));
        bus.addDriver(new NotingDriver("regulator", events));
        bus.newDevice("regulator").add();
        model.waitForProbes();
        assertTrue(camera.isBound());
        assertEquals(2, tries.get());
        assertTrue(model.deferred().isEmpty());
        assertEquals(List.of("probe regulator", "probe cam0"), events);
    }

    @Test
    void slowDevicesAreProbedBesideEachOther() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        bus.addDriver(
                new NotingDriver("slow", events) {
                    @Override
                    public boolean probesAsynchronously() {
                        return true;
                    }

                    @Override
                    public void probe(BoundDevice bound) throws Exception {
                        both.countDown();
                        assertTrue(both.await(30, TimeUnit.SECONDS), "one after the other");
                    }
                });
        Device one = bus.newDevice("slow1").add();
        Device two = bus.newDevice("slow2").add();
        model.waitForProbes();
        assertTrue(one.isBound() && two.isBound());
    }

    @Test
    void childrenAreUnpluggedFirstAndKeepTheirParentAlive() {
        bus.addDriver(new NotingDriver("hub", events));
        bus.addDriver(new NotingDriver("cam", events));
        Device hub = bus.newDevice("hub").onRelease(() -> events.add("hub released")).add();
        Device camera = bus.newDevice("cam0").parent(hub).add();
        camera.get();
        hub.remove();
        assertEquals(List.of("probe hub", "probe cam0", "remove cam0", "remove hub"), events);
        assertTrue(camera.isGone());
        camera.put();
        assertEquals("hub released", events.get(4));
        assertThrows(IllegalStateException.class, () -> bus.newDevice("cam1").parent(hub).add());
    }
}
