package org.cdevgate.cdev;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.internal.WaitsFor;
import org.junit.jupiter.api.Test;

/** Numbers that touch, and devices that come and go at once. */
class RegionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final CharDevices devices = new CharDevices();

    private static FopsGate gate(String name) {
        return FopsGate.of(name, new FileOperations() {});
    }

    @Test
    void regionsMayTouch() {
        NumberRegion first = devices.registerRegion(200, 0, 4, "first");
        NumberRegion second = devices.registerRegion(200, 4, 4, "second");
        assertThrows(
                IllegalArgumentException.class,
                () -> devices.registerRegion(200, 3, 1, "inside the first"));
        assertThrows(
                IllegalArgumentException.class,
                () -> devices.registerRegion(200, 7, 1, "inside the second"));
        assertEquals(List.of(first, second), devices.regions());
        assertFalse(first.contains(second.number(0)));
        assertTrue(first.contains(first.number(3)));
        devices.registerRegion(201, 4, 4, "the upper one comes first");
        devices.registerRegion(201, 0, 4, "the lower one");
    }

    @Test
    void aRegionWithADeviceStays() {
        NumberRegion region = devices.registerRegion(200, 0, 2, "owner");
        FopsGate gate = gate("lamp");
        devices.add(gate, region.number(1), "lamp", 0600);
        assertThrows(IllegalStateException.class, region::close);
        assertEquals(List.of(region), devices.regions(), "another may take a number in use");
        assertTrue(gate.unregisterSync());
        region.close();
        assertEquals(List.of(), devices.regions());
    }

    @Test
    void aNumberHasOneDevice() {
        NumberRegion region = devices.registerRegion(200, 0, 2, "owner");
        devices.add(gate("lamp"), region.number(0), "lamp", 0600);
        FopsGate second = gate("second lamp");
        assertThrows(
                IllegalArgumentException.class,
                () -> devices.add(second, region.number(0), "lamp2", 0600));
        assertEquals("lamp", devices.find(region.number(0)).orElseThrow().name());
        assertTrue(devices.find("lamp2").isEmpty());
        assertTrue(second.isRemoved(), "a device that nobody can find stays open");
    }

    /** The removal begins when the registry's listener is there and the name is not. */
    @Test
    void aDeviceThatIsRemovedAsItIsPublishedHasNoName() throws Exception {
        NumberRegion region = devices.registerRegion(200, 0, 2, "owner");
        FopsGate gate = gate("lamp");
        FutureTask<Cdev> add =
                new FutureTask<>(() -> devices.add(gate, region.number(0), "lamp", 0600));
        Thread thread = new Thread(add, "test-background");
        thread.setDaemon(true);
        synchronized (devices) {
            thread.start();
            await().atMost(LIMIT).until(() -> WaitsFor.thing(thread, devices));
            gate.beginRemoval();
        }
        ExecutionException failed =
                assertThrows(
                        ExecutionException.class,
                        () -> add.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
        assertInstanceOf(IllegalStateException.class, failed.getCause());
        gate.awaitRemoval(); // or who wanted it published has done that
        assertTrue(gate.isRemoved());
        assertTrue(devices.find("lamp").isEmpty(), "a name that leads to a dead device");
        assertTrue(devices.find(region.number(0)).isEmpty());
    }
}
