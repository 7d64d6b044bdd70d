package org.cdevgate.cdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.Test;

class CharDevicesTest {
    private final CharDevices devices = new CharDevices();
    private final NumberRegion region = devices.allocRegion(0, 8, "input");
    private final List<String> events = new ArrayList<>();

    private static FopsGate gate(String name) {
        return FopsGate.of(name, new FileOperations() {});
    }

    private void note(Uevent event) {
        events.add(event.sequence() + " " + event.action() + " " + event.device().name());
    }

    @Test
    void dynamicMajorsComeFromTheTopAndAreReusedWhenGivenBack() {
        assertEquals("254:0", region.first().toString());
        NumberRegion second = devices.allocRegion(4, 2, "tty");
        assertEquals("253:5", second.number(1).toString());
        assertThrows(IndexOutOfBoundsException.class, () -> second.number(2));
        second.close();
        second.close();
        assertEquals(253, devices.allocRegion(0, 1, "again").first().major());
        List<NumberRegion> all = new ArrayList<>();
        IllegalStateException full =
                assertThrows(
                        IllegalStateException.class,
                        () -> {
                            while (true) {
                                all.add(devices.allocRegion(0, 1, "many"));
                            }
                        });
        assertTrue(full.getMessage().contains("many"), full::getMessage);
        assertEquals(21 + 128 - 2, all.size());
        assertEquals(384, all.get(all.size() - 1).first().major());
    }

    @Test
    void numbersOfSomebodyElseAreRefusedByName() {
        devices.registerRegion(10, 0, 256, "misc");
        devices.registerRegion(10, 256, 1, "more");
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> devices.registerRegion(10, 200, 100, "mine"));
        assertTrue(refused.getMessage().contains("misc"), refused::getMessage);
        assertThrows(
                IllegalArgumentException.class, () -> devices.registerRegion(4096, 0, 1, "far"));
        assertThrows(
                IllegalArgumentException.class,
                () -> devices.registerRegion(11, 1 << 20, 1, "far"));
        assertThrows(
                IllegalArgumentException.class,
                () -> devices.registerRegion(11, 1, 1 << 20, "long"));
        assertThrows(
                IllegalArgumentException.class, () -> devices.registerRegion(11, 0, 0, "none"));
        assertThrows(IllegalArgumentException.class, () -> devices.allocRegion(0, 1, ""));
    }

    @Test
    void aDeviceIsFoundUntilItsRemovalBegins() {
        FopsGate gate = gate("event0");
        Cdev made = devices.add(gate, region.number(3), "input/event0", 0660);
        assertEquals(Optional.of(made), devices.find("input/event0"));
        assertEquals(Optional.of(made), devices.find(region.number(3)));
        assertEquals(3, made.minor());
        IllegalStateException busy = assertThrows(IllegalStateException.class, region::close);
        assertTrue(busy.getMessage().contains("input/event0"), busy::getMessage);
        gate.beginRemoval();
        assertTrue(devices.find("input/event0").isEmpty());
        assertTrue(devices.find(region.number(3)).isEmpty());
        gate.awaitRemoval();
        region.close();
        assertEquals(List.of(), devices.regions());
    }

    @Test
    void aNameIsFreeAtOnceAndOldFilesStayDead() throws Exception {
        FopsGate first = gate("event0");
        long before = devices.add(first, region.number(0), "event0", 0600).generation();
        OpenFile old = first.front().open(0, Caller.local());
        first.beginRemoval();
        FopsGate second = gate("event0");
        Cdev again = devices.add(second, region.number(0), "event0", 0600);
        assertTrue(again.generation() > before);
        assertNotEquals(first, devices.find("event0").orElseThrow().gate());
        assertThrows(
                IllegalArgumentException.class,
                () -> second.front().read(old, ByteBuffer.allocate(1), 0, Caller.local()));
        first.awaitRemoval();
        assertEquals(Optional.of(again), devices.find("event0"), "the old one took the new away");
        ErrnoException dead =
                assertThrows(
                        ErrnoException.class,
                        () -> first.front().read(old, ByteBuffer.allocate(1), 0, Caller.local()));
        assertEquals(Errno.ENODEV.number(), dead.errno());
        second.unregisterSync();
    }

    @Test
    void aRegistrationThatFailsIsDrained() {
        devices.add(gate("event0"), region.number(0), "event0", 0600);
        String[][] wrong = {
            {"event0", "1"},
            {"other", "0"},
            {"../passwd", "1"},
            {"", "1"},
            {"a//b", "1"},
            {"a\0b", "1"},
            {"x".repeat(256), "1"},
        };
        for (String[] each : wrong) {
            FopsGate gate = gate("refused");
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            devices.add(
                                    gate, region.number(Integer.parseInt(each[1])), each[0], 0600));
            assertTrue(gate.isRemoved(), each[0]);
        }
        FopsGate nowhere = gate("nowhere");
        assertThrows(
                IllegalArgumentException.class,
                () -> devices.add(nowhere, new DeviceNumber(1, 3), "null", 0666));
        FopsGate mode = gate("mode");
        assertThrows(
                IllegalArgumentException.class,
                () -> devices.add(mode, region.number(1), "mode", 010000));
        FopsGate gone = gate("gone");
        gone.unregisterSync();
        assertThrows(
                IllegalStateException.class,
                () -> devices.add(gone, region.number(1), "gone", 0600));
        assertEquals(1, devices.devices().size());
    }

    @Test
    void followersSeeWhatIsThereAndThenWhatComesAndGoes() {
        FopsGate first = gate("event0");
        devices.add(first, region.number(0), "event0", 0600);
        CharDevices.Subscription following = devices.follow(this::note);
        FopsGate second = gate("event1");
        devices.add(second, region.number(1), "event1", 0600);
        first.unregisterSync();
        following.close();
        following.close();
        second.unregisterSync();
        assertEquals(List.of("1 ADD event0", "2 ADD event1", "3 REMOVE event0"), events);
    }

    @Test
    void aFollowerMayRefuseADevice() {
        devices.follow(this::note);
        devices.follow(
                event -> {
                    if (event.action() == Uevent.Action.ADD
                            && event.device().name().equals("bad")) {
                        throw new IllegalStateException("not on this mount");
                    }
                });
        FopsGate gate = gate("bad");
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> devices.add(gate, region.number(0), "bad", 0600));
        assertTrue(refused.getMessage().contains("not on this mount"), refused::getMessage);
        assertTrue(gate.isRemoved());
        assertTrue(devices.find("bad").isEmpty());
        assertEquals(List.of("1 ADD bad", "2 REMOVE bad"), events, "those told before see it go");
        FopsGate good = gate("good");
        devices.add(good, region.number(0), "good", 0600);
        good.unregisterSync();
    }

    @Test
    void aStreamLosesNothing() throws Exception {
        try (UeventStream stream = devices.uevents()) {
            for (int i = 0; i < 100; i++) {
                FopsGate gate = gate("event0");
                devices.add(gate, region.number(0), "event0", 0600);
                gate.unregisterSync();
            }
            for (int i = 1; i <= 200; i++) {
                Uevent event = stream.take();
                assertEquals(i, event.sequence());
                assertEquals(i % 2 == 1 ? Uevent.Action.ADD : Uevent.Action.REMOVE, event.action());
            }
            assertNull(stream.poll(Duration.ZERO));
            assertNull(stream.poll(Duration.ofSeconds(Long.MIN_VALUE)));
            FopsGate last = gate("event0");
            devices.add(last, region.number(0), "event0", 0600);
            assertEquals(201, stream.poll(Duration.ofSeconds(Long.MAX_VALUE)).sequence());
            last.unregisterSync();
        }
        FopsGate after = gate("event0");
        devices.add(after, region.number(0), "event0", 0600);
        after.unregisterSync();
        assertFalse(devices.find("event0").isPresent());
    }

    /** Only a gate that is published nowhere else is removed when its publication fails. */
    @Test
    void failedSecondPublicationLeavesTheDeviceThatIsThereAlone() {
        FopsGate live = gate("live");
        devices.add(live, region.number(0), "live", 0600);
        devices.add(gate("other"), region.number(1), "other", 0600);
        assertThrows(
                IllegalArgumentException.class,
                () -> devices.add(live, region.number(2), "other", 0600));
        assertThrows(
                IllegalArgumentException.class,
                () -> devices.add(live, region.number(0), "live", 0600));
        assertFalse(live.isRemoving(), "a failed registration removed a live device");
        assertTrue(devices.find("live").isPresent());

        FopsGate fresh = gate("fresh");
        assertThrows(
                IllegalArgumentException.class,
                () -> devices.add(fresh, region.number(2), "other", 0600));
        assertTrue(fresh.isRemoving());
        live.unregisterSync();
    }
}
