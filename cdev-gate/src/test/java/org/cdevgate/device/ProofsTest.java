package org.cdevgate.device;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.devres.DevresDebug;
import org.cdevgate.devres.DevresMisuse;
import org.cdevgate.revocable.Revocable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a proof, an offer, a link and a driver are good for. */
@Timeout(60)
class ProofsTest {
    private final DeviceModel model = new DeviceModel();
    private final Bus bus = model.bus("platform");

    @Test
    void aProofWhoseScopeHasEndedOpensNothing() {
        AtomicReference<BoundDevice> proof = new AtomicReference<>();
        AtomicReference<Revocable<String>> registers = new AtomicReference<>();
        Device device =
                TestDriver.bound(
                        bus,
                        "gpu",
                        bound -> {
                            proof.set(bound);
                            registers.set(Revocable.managed("registers", bound, "r", gone -> {}));
                        });
        assertThrows(IllegalStateException.class, () -> registers.get().access(proof.get()));
        assertTrue(device.unbind());
    }

    @Test
    void whatWasRevokedIsNotThereForWhoHasAProof() {
        AtomicReference<Revocable<String>> registers = new AtomicReference<>();
        Device device =
                TestDriver.bound(
                        bus,
                        "gpu",
                        bound ->
                                registers.set(
                                        Revocable.managed("registers", bound, "r", gone -> {})));
        assertTrue(registers.get().revoke());
        try (BoundDevice proof = device.tryEnter().orElseThrow()) {
            assertThrows(IllegalStateException.class, () -> registers.get().access(proof));
        }
        assertTrue(device.unbind());
    }

    @Test
    void whatIsReleasedAfterAReleaseIsNotInsideIt() {
        List<DevresMisuse> misuses = new ArrayList<>();
        DevresDebug.enable(misuses::add);
        try {
            Device device =
                    TestDriver.bound(
                            bus,
                            "gpu",
                            bound -> {
                                bound.devres().add("a", "first", gone -> {});
                                bound.devres().add("b", "second", gone -> {});
                                assertTrue(bound.devres().release("second"));
                                assertTrue(bound.devres().release("first"));
                            });
            assertEquals(List.of(), misuses, "an innocent driver is blamed");
            assertTrue(device.unbind());
        } finally {
            DevresDebug.disable();
        }
    }

    @Test
    void theProofOfACallEndsWithIt() {
        AtomicReference<BoundCaller> caller = new AtomicReference<>();
        Device device = TestDriver.bound(bus, "gpu", bound -> caller.set(bound.addCaller("clock")));
        AtomicReference<BoundDevice> kept = new AtomicReference<>();
        assertTrue(caller.get().tryRun(kept::set));
        assertFalse(kept.get().isValid(), "it was kept, and passes for a proof");
        assertThrows(IllegalStateException.class, kept.get()::check);
        assertTrue(device.unbind());
    }

    @Test
    void whatIsOfferedGoesWithTheBinding() throws Exception {
        Device clock =
                TestDriver.bound(
                        bus, "clock", bound -> bound.provide(String.class, "48 MHz", "tick"));
        AtomicReference<String> got = new AtomicReference<>();
        Device phy =
                TestDriver.bound(
                        bus, "phy", bound -> got.set(bound.request(clock, String.class, "48 MHz")));
        assertEquals("tick", got.get());
        assertTrue(clock.unbind());
        assertFalse(phy.isBound());
        // The same name is offered anew, which one that stayed would not let it be.
        assertTrue(clock.attach());
        model.waitForProbes();
        assertTrue(phy.isBound());
    }

    @Test
    void nobodyIsProbedBeforeWhatItDependsOnIsBound() {
        Device clock = bus.newDevice("clock").add();
        Device phy = bus.newDevice("phy").add();
        model.link(phy, clock, DeviceLink.Kind.MANAGED);
        bus.addDriver(new TestDriver("phy", bound -> {}));
        assertFalse(phy.isBound(), "its driver was called without a clock");
        bus.addDriver(new TestDriver("clock", bound -> {}));
        await().atMost(Duration.ofSeconds(30)).until(phy::isBound);
    }

    @Test
    void aRequestThatWasRefusedLeavesNoLink() throws Exception {
        Device clock = TestDriver.bound(bus, "clock", bound -> {});
        bus.addDriver(new TestDriver("phy", bound -> bound.request(clock, String.class, "48 MHz")));
        Device phy = bus.newDevice("phy").add();
        model.waitForProbes();
        assertFalse(phy.isBound());
        assertNotNull(model.deferred().get(phy));
        assertEquals(List.of(), phy.links(), "it would be unbound with what it never had");
    }

    @Test
    void aLinkOfTwoUsersGoesWithTheLast() {
        Device clock = TestDriver.bound(bus, "clock", bound -> {});
        Device phy = TestDriver.bound(bus, "phy", bound -> {});
        DeviceLink first = model.link(phy, clock, DeviceLink.Kind.MANAGED);
        DeviceLink second = model.link(phy, clock, DeviceLink.Kind.MANAGED);
        first.remove();
        assertEquals(1, phy.links().size(), "the other user has lost its link");
        second.remove();
        assertEquals(List.of(), phy.links());
    }

    /** The supplier is bound between a probe's look for it and the end of that probe. */
    @Test
    void newsThatComeWhileAProbeLooksAreHeard() {
        Device clock = bus.newDevice("clock").add();
        bus.addDriver(
                new TestDriver(
                        "phy",
                        bound -> {
                            try {
                                bound.request(clock, String.class, "48 MHz");
                            } catch (ProbeDeferredException e) {
                                bus.addDriver(
                                        new TestDriver(
                                                "clock",
                                                supplier ->
                                                        supplier.provide(
                                                                String.class, "48 MHz", "tick")));
                                throw e;
                            }
                        }));
        Device phy = bus.newDevice("phy").add();
        await().atMost(Duration.ofSeconds(30)).until(phy::isBound);
        assertTrue(clock.isBound());
    }

    @Test
    void aDriverThatWasTakenAwayBindsNothing() {
        Driver gone = new TestDriver("gpu", bound -> {});
        bus.addDriver(gone);
        bus.removeDriver(gone);
        Device device = bus.newDevice("gpu").add();
        assertFalse(device.bind(gone), "the driver's code may be gone");
        assertFalse(device.isBound());
    }
}
