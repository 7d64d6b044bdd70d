package org.cdevgate.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cdevgate.revocable.Revocable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeviceLinkTest {
    private final DeviceModel model = new DeviceModel();
    private final Bus bus = model.bus("platform");
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Revocable<String>> got = new HashMap<>();

    private void driver(String name, NotingDriver.Step probe) {
        bus.addDriver(new NotingDriver(name, events, probe, bound -> {}));
    }

    private void provides(BoundDevice bound, String what) {
        bound.provide(
                Revocable.class,
                what,
                Revocable.managed(what, bound, what, gone -> events.add(gone + " off")));
    }

    @SuppressWarnings("unchecked")
    private void requests(BoundDevice bound, String supplier, String what)
            throws ProbeDeferredException {
        got.put(what, bound.request(bus.device(supplier), Revocable.class, what));
    }

    private Device device(String name) {
        return bus.newDevice(name).add();
    }

    @Test
    void consumersAreUnboundBeforeTheirSupplier() throws Exception {
        Device clock = device("clock");
        driver("clock", bound -> provides(bound, "48 MHz"));
        Device phy = device("phy");
        driver(
                "phy",
                bound -> {
                    requests(bound, "clock", "48 MHz");
                    provides(bound, "lane");
                });
        Device camera = device("camera");
        driver("camera", bound -> requests(bound, "phy", "lane"));
        assertTrue(camera.isBound());
        assertEquals("48 MHz", got.get("48 MHz").tryAccess(text -> text).orElseThrow());
        events.clear();
        assertTrue(clock.unbind());
        assertEquals(
                List.of("remove camera", "remove phy", "lane off", "remove clock", "48 MHz off"),
                events);
        assertFalse(phy.isBound() || camera.isBound());
        assertTrue(got.get("48 MHz").tryAccess(text -> text).isEmpty());
        events.clear();
        assertTrue(clock.attach(), "the supplier is back");
        model.waitForProbes();
        assertTrue(camera.isBound(), "and its consumers with it");
        assertEquals(List.of("probe clock", "probe phy", "probe camera"), events);
        assertEquals(2, phy.links().size());
    }

    @Test
    void aConsumerWaitsForItsSupplier() throws Exception {
        Device camera = device("camera");
        Device clock = device("clock");
        model.link(camera, clock, DeviceLink.Kind.MANAGED);
        driver("camera", bound -> {});
        assertFalse(camera.isBound());
        assertTrue(model.deferred().get(camera).contains("clock"));
        driver("clock", bound -> {});
        model.waitForProbes();
        assertTrue(camera.isBound());
        assertEquals(List.of("probe clock", "probe camera"), events);
        clock.unbind();
        assertEquals(
                List.of("probe clock", "probe camera", "remove camera", "remove clock"), events);
    }

    @Test
    void aCircleIsRefusedWithItsPath() {
        Device clock = device("clock");
        Device phy = device("phy");
        Device sensor = device("sensor");
        model.link(phy, clock, DeviceLink.Kind.MANAGED);
        model.link(sensor, phy, DeviceLink.Kind.MANAGED);
        DeviceLinkCycleException refused =
                assertThrows(
                        DeviceLinkCycleException.class,
                        () -> model.link(clock, sensor, DeviceLink.Kind.MANAGED));
        assertEquals(List.of(clock, sensor, phy, clock), refused.path());
        assertTrue(
                refused.getMessage().contains("clock -> sensor -> phy -> clock"),
                refused::getMessage);
        assertThrows(
                DeviceLinkCycleException.class,
                () -> model.link(clock, clock, DeviceLink.Kind.MANAGED));
        assertEquals(1, clock.links().size());
        DeviceLink optional = model.link(clock, sensor, DeviceLink.Kind.OPTIONAL);
        assertEquals(2, clock.links().size());
        optional.remove();
        assertEquals(1, clock.links().size());
    }

    /** A display bridge provides a clock to the panel whose sensor it reads. */
    @Test
    void mutualUseIsLegalIfOneWayIsOptional() throws Exception {
        Device bridge = device("bridge");
        driver("bridge", bound -> provides(bound, "pixel clock"));
        Device panel = device("panel");
        driver(
                "panel",
                bound -> {
                    requests(bound, "bridge", "pixel clock");
                    provides(bound, "temperature");
                });
        assertTrue(panel.isBound());
        // Later, when both are there; a link of the bridge's, made by its own code.
        @SuppressWarnings("unchecked")
        Revocable<String> sensor =
                bridge.tryEnter()
                        .map(
                                bound -> {
                                    try (bound) {
                                        assertThrows(
                                                DeviceLinkCycleException.class,
                                                () ->
                                                        bound.request(
                                                                panel,
                                                                Revocable.class,
                                                                "temperature"));
                                        return bound.requestOptional(
                                                panel, Revocable.class, "temperature");
                                    } catch (ProbeDeferredException e) {
                                        throw new AssertionError(e);
                                    }
                                })
                        .orElseThrow();
        assertEquals("temperature", sensor.tryAccess(text -> text).orElseThrow());
        panel.unbind();
        assertTrue(bridge.isBound(), "the one way is optional");
        assertNull(sensor.tryAccess());
        assertTrue(panel.attach());
        bridge.unbind();
        assertFalse(panel.isBound(), "the other is not");
    }

    @Test
    void whatIsMissingIsNamed() {
        device("camera");
        device("clock");
        driver("camera", bound -> requests(bound, "clock", "48 MHz"));
        Device camera = bus.device("camera");
        assertTrue(model.deferred().get(camera).contains("48 MHz"));
        assertTrue(model.deferred().get(camera).contains("clock"));
        assertEquals(List.of(), camera.links(), "a probe that failed leaves no link");
    }

    @Test
    void devicesOfAnotherModelAreNotLinked() {
        Device other = new DeviceModel().bus("platform").newDevice("clock").add();
        Device camera = device("camera");
        assertThrows(
                IllegalArgumentException.class,
                () -> model.link(camera, other, DeviceLink.Kind.MANAGED));
    }
}
