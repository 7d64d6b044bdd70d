package org.cdevgate.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes while a device goes is refused, or goes with it. */
@Timeout(120)
class FlagThenListTest {
    private final DeviceModel model = new DeviceModel();
    private final Bus bus = model.bus("usb");
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    private NotingDriver driver(String name, NotingDriver.Step probe, NotingDriver.Step remove) {
        NotingDriver driver = new NotingDriver(name, events, probe, remove);
        bus.addDriver(driver);
        return driver;
    }

    private NotingDriver driver(String name) {
        return driver(name, bound -> {}, bound -> {});
    }

    @Test
    void aChildIsRefusedOnceTheRemovalOfItsParentHasBegun() {
        AtomicReference<Device> hub = new AtomicReference<>();
        AtomicReference<IllegalStateException> refused = new AtomicReference<>();
        driver(
                "leaf",
                bound -> {},
                bound ->
                        refused.set(
                                assertThrows(
                                        IllegalStateException.class,
                                        () -> bus.newDevice("leaf1").parent(hub.get()).add())));
        hub.set(bus.newDevice("hub").onRelease(() -> events.add("hub released")).add());
        bus.newDevice("leaf0").parent(hub.get()).add();
        assertTrue(hub.get().remove());
        assertTrue(refused.get().getMessage().contains("ENODEV"), refused.get()::getMessage);
        assertEquals(List.of("probe leaf0", "remove leaf0", "hub released"), events);
        assertEquals(List.of(), bus.devices());
    }

    @Test
    void aGrandchildIsRefusedToo() throws Exception {
        CountDownLatch inRemove = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        driver(
                "leaf",
                bound -> {},
                bound -> {
                    inRemove.countDown();
                    goOn.await();
                });
        Device hub = bus.newDevice("hub").add();
        Device port = bus.newDevice("port").parent(hub).add();
        bus.newDevice("leaf0").parent(hub).add();
        FutureTask<Boolean> remove = TestThreads.start(hub::remove);
        inRemove.await();
        assertThrows(IllegalStateException.class, () -> bus.newDevice("leaf1").parent(port).add());
        driver("port");
        assertFalse(port.isBound(), "it has got a driver while it is going");
        goOn.countDown();
        assertTrue(remove.get(60, TimeUnit.SECONDS));
        assertEquals(List.of(), bus.devices());
    }

    /** Chance decides who is first; whoever is, nothing may be left. */
    @Test
    void noChildStaysWithoutItsParent() throws Exception {
        CyclicBarrier ready = new CyclicBarrier(3);
        AtomicReference<Device> current = new AtomicReference<>();
        int rounds = 1_000;
        FutureTask<Void> adder =
                TestThreads.start(
                        () -> {
                            for (int i = 0; i < rounds; i++) {
                                ready.await();
                                try {
                                    bus.newDevice("kid").parent(current.get()).add();
                                } catch (IllegalStateException refused) {
                                    assertTrue(current.get().isGone());
                                }
                                ready.await();
                            }
                            return null;
                        });
        FutureTask<Void> loader =
                TestThreads.start(
                        () -> {
                            for (int i = 0; i < rounds; i++) {
                                NotingDriver driver = new NotingDriver("kid", new ArrayList<>());
                                ready.await();
                                bus.addDriver(driver);
                                ready.await();
                                bus.removeDriver(driver);
                            }
                            return null;
                        });
        for (int i = 0; i < rounds; i++) {
            Device hub = bus.newDevice("hub" + i).add();
            current.set(hub);
            ready.await();
            hub.remove();
            ready.await();
            assertNull(
                    bus.device("kid"), "round " + i + ": a device stays, and its parent is gone");
            assertEquals(0, hub.references(), "round " + i);
        }
        adder.get(60, TimeUnit.SECONDS);
        loader.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aRefusedDeviceLeavesNothing() {
        Device hub = bus.newDevice("hub").add();
        Device first = bus.newDevice("cam").parent(hub).add();
        assertEquals(2, hub.references());
        assertThrows(IllegalArgumentException.class, () -> bus.newDevice("cam").parent(hub).add());
        assertEquals(2, hub.references(), "the refused one keeps its parent");
        assertSame(first, bus.device("cam"));
        hub.remove();
        assertEquals(0, hub.references());
        assertThrows(IllegalStateException.class, () -> bus.newDevice("late").parent(hub).add());
        assertEquals(List.of(), bus.devices());
        assertTrue(bus.newDevice("cam").add().remove(), "the name can be used again");
    }

    @Test
    void whatADriversMatchingThrowsKeepsNoDeviceAndNoDriverAway() {
        Device before = bus.newDevice("cam0").add();
        bus.addDriver(
                new NotingDriver("broken", events) {
                    @Override
                    public boolean matches(Device device) {
                        throw new IllegalStateException("no table");
                    }
                });
        driver("cam");
        Device after = bus.newDevice("cam1").add();
        assertTrue(before.isBound() && after.isBound());
        assertEquals(2, bus.drivers().size());
    }

    @Test
    void anErrorInALookForADriverLeavesTheDeviceWaiting() throws Exception {
        AtomicReference<Error> error = new AtomicReference<>(new OutOfMemoryError("of the test"));
        bus.addDriver(
                new NotingDriver("cam", events) {
                    @Override
                    public boolean matches(Device device) {
                        Error now = error.getAndSet(null);
                        if (now != null) {
                            throw now;
                        }
                        return super.matches(device);
                    }
                });
        Device camera = bus.newDevice("cam").add();
        assertFalse(camera.isBound());
        assertEquals(1, model.deferred().size());
        driver("hub");
        bus.newDevice("hub").add();
        model.waitForProbes();
        assertTrue(camera.isBound(), "it was not offered again at the next news");
        assertEquals(Map.of(), model.deferred());
    }

    @Test
    void nothingIsLinkedToWhatIsGone() {
        Device clock = bus.newDevice("clock").add();
        Device camera = bus.newDevice("camera").add();
        model.link(camera, clock, DeviceLink.Kind.MANAGED);
        clock.remove();
        for (DeviceLink.Kind kind : DeviceLink.Kind.values()) {
            assertThrows(IllegalStateException.class, () -> model.link(camera, clock, kind));
            assertThrows(IllegalStateException.class, () -> model.link(clock, camera, kind));
        }
        assertEquals(List.of(), camera.links());
    }

    @Test
    void aConsumerIsRefusedOnceTheUnbindingOfItsSupplierHasBegun() throws Exception {
        CountDownLatch inRemove = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        driver(
                "clock",
                bound -> bound.provide(String.class, "", "48 MHz"),
                bound -> {
                    inRemove.countDown();
                    goOn.await();
                });
        driver("camera");
        Device clock = bus.newDevice("clock").add();
        Device camera = bus.newDevice("camera").add();
        Device spare = bus.newDevice("spare").add();
        FutureTask<Boolean> unbind = TestThreads.start(clock::unbind);
        inRemove.await();
        assertThrows(
                IllegalStateException.class,
                () -> model.link(camera, clock, DeviceLink.Kind.MANAGED));
        try (BoundDevice bound = camera.tryEnter().orElseThrow()) {
            assertThrows(
                    ProbeDeferredException.class, () -> bound.request(clock, String.class, ""));
        }
        assertEquals(List.of(), clock.links());
        model.link(spare, clock, DeviceLink.Kind.MANAGED); // which has no driver to be unbound
        goOn.countDown();
        assertTrue(unbind.get(60, TimeUnit.SECONDS));
    }

    @Test
    void aDriverThatCameWhileAnotherFailedHasItsTurn() throws Exception {
        CountDownLatch inProbe = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        driver(
                "cam",
                bound -> {
                    inProbe.countDown();
                    goOn.await();
                    throw new java.io.IOException("not mine");
                },
                bound -> {});
        FutureTask<Device> add = TestThreads.start(() -> bus.newDevice("camera").add());
        inProbe.await();
        NotingDriver second = driver("camera");
        goOn.countDown();
        Device camera = add.get(60, TimeUnit.SECONDS);
        model.waitForProbes();
        assertSame(second, camera.driver());
    }

    @Test
    void aDriverThatGoesUnbindsNoOtherDriversDevice() throws Exception {
        CountDownLatch inRemove = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        NotingDriver old =
                driver(
                        "cam",
                        bound -> {},
                        bound -> {
                            inRemove.countDown();
                            goOn.await();
                        });
        Device camera = bus.newDevice("cam").add();
        FutureTask<Boolean> unbind = TestThreads.start(camera::unbind);
        inRemove.await();
        CountDownLatch going = new CountDownLatch(1);
        FutureTask<Void> removeDriver =
                TestThreads.start(
                        () -> {
                            going.countDown();
                            bus.removeDriver(old);
                            return null;
                        });
        going.await();
        TestThreads.until(() -> !bus.drivers().contains(old));
        NotingDriver next = driver("ca");
        goOn.countDown();
        assertTrue(unbind.get(60, TimeUnit.SECONDS));
        removeDriver.get(60, TimeUnit.SECONDS);
        model.waitForProbes();
        assertSame(next, camera.driver(), "who came while it was unbound has its turn, and stays");
    }

    @Test
    void aRemovalFromInsideAChildChangesNothing() throws Exception {
        driver("hub");
        driver("cam");
        Device hub = bus.newDevice("hub").add();
        Device camera = bus.newDevice("cam").parent(hub).add();
        try (BoundDevice bound = camera.tryEnter().orElseThrow()) {
            bound.check();
            assertThrows(SelfRemovalException.class, hub::remove);
        }
        assertFalse(hub.isGone() || camera.isGone());
        assertTrue(hub.isBound() && camera.isBound());
        assertTrue(bus.newDevice("cam1").parent(hub).add().isBound());
        assertTrue(hub.remove());
    }

    @Test
    void anUnboundConsumerThatIsGoneIsNotDeferred() {
        driver("clock", bound -> bound.provide(String.class, "", "48 MHz"), bound -> {});
        Device clock = bus.newDevice("clock").add();
        driver("cam", bound -> bound.request(clock, String.class, ""), bound -> {});
        Device camera = bus.newDevice("cam").parent(clock).add();
        assertTrue(camera.isBound());
        assertTrue(clock.remove());
        assertEquals(Map.of(), model.deferred());
    }

    @Test
    void aDeviceThatIsBoundByHandIsNotDeferredAnyMore() {
        AtomicReference<String> missing = new AtomicReference<>("its clock");
        driver(
                "cam",
                bound -> {
                    if (missing.get() != null) {
                        throw new ProbeDeferredException(missing.get());
                    }
                },
                bound -> {});
        Device camera = bus.newDevice("cam").add();
        assertEquals(Map.of(camera, "its clock"), model.deferred());
        missing.set(null);
        assertTrue(camera.attach());
        assertEquals(Map.of(), model.deferred());
    }

    @Test
    void anUnbindingThatIsRefusedHalfWayIsTakenBack() throws Exception {
        AtomicReference<FopsGate> node = new AtomicReference<>();
        AtomicReference<BoundDevice> inside = new AtomicReference<>();
        driver(
                "clock",
                bound -> {
                    node.set(bound.addGate(FopsGate.of("clk0", new FileOperations() {})));
                    bound.devres().addAction("clock", () -> events.add("clock off"));
                },
                bound -> {});
        Device clock = bus.newDevice("clock").add();
        Device camera = bus.newDevice("camera").add();
        Device panel = bus.newDevice("panel").add();
        model.link(camera, clock, DeviceLink.Kind.MANAGED);
        model.link(panel, clock, DeviceLink.Kind.MANAGED);
        driver("camera");
        // Its remove() leaves the unbinding thread inside the next consumer.
        driver(
                "panel",
                bound -> {},
                bound -> {
                    if (inside.get() == null) {
                        inside.set(camera.tryEnter().orElseThrow());
                    }
                });
        assertThrows(SelfRemovalException.class, clock::unbind);
        model.waitForProbes();
        assertTrue(clock.isBound() && camera.isBound());
        assertTrue(panel.isBound(), "it has not come back");
        assertFalse(node.get().isRemoving());
        inside.get().close();
        events.clear();
        assertTrue(clock.unbind());
        assertTrue(node.get().isRemoved());
        assertEquals(List.of("remove panel", "remove camera", "remove clock", "clock off"), events);
    }
}
