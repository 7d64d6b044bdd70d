package org.cdevgate.cdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.device.TestDriver;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.RemovalListener;
import org.junit.jupiter.api.Test;

class MiscDevicesTest {
    private final CharDevices devices = new CharDevices();
    private final MiscDevices misc = new MiscDevices(devices);
    private final List<String> events = new ArrayList<>();

    /** Notes what it finds of the device's data at release. */
    private FileOperations driver(MiscDevice<StringBuilder> device) {
        return new FileOperations() {
            @Override
            public void release(OpenFile file, Call call) {
                events.add("release finds " + device.data());
            }
        };
    }

    private MiscDevice<StringBuilder> register(String name, int minor, boolean late) {
        return misc.register(
                name,
                minor,
                0600,
                new StringBuilder("data of " + name),
                data -> {
                    events.add(data + " released");
                    data.setLength(0);
                },
                this::driver,
                builder -> {
                    builder.onTeardown(() -> events.add("teardown"));
                    if (late) {
                        builder.lateRelease();
                    }
                });
    }

    @Test
    void minorsAreGivenOutAndTakenBack() {
        MiscDevice<Object> watchdog = misc.register("watchdog", new FileOperations() {});
        MiscDevice<StringBuilder> rtc = register("rtc", 135, false);
        assertEquals("10:135", rtc.number().toString());
        assertTrue(watchdog.number().minor() > MiscDevices.DYNAMIC_MINOR);
        assertEquals("rtc", devices.find(new DeviceNumber(10, 135)).orElseThrow().name());
        IllegalArgumentException taken =
                assertThrows(IllegalArgumentException.class, () -> register("clock", 135, false));
        assertTrue(taken.getMessage().contains("rtc"), taken::getMessage);
        assertEquals(List.of("data of clock released"), events, "lost by a failed registration");
        assertThrows(IllegalArgumentException.class, () -> register("wrong", 256, false));
        assertThrows(IllegalArgumentException.class, () -> register("wrong", -1, false));
        events.clear();
        assertThrows(IllegalArgumentException.class, () -> register("rtc", 1, false));
        assertEquals(List.of("teardown", "data of rtc released"), events);
        rtc.deregister();
        MiscDevice<StringBuilder> again = register("rtc", 135, false);
        assertNotEquals(rtc.gate(), again.gate());
        again.deregister();
        watchdog.deregister();
        assertEquals(List.of(), devices.devices());
    }

    @Test
    void dataGoAfterTheTeardown() throws Exception {
        MiscDevice<StringBuilder> ec = register("cros_ec", MiscDevices.DYNAMIC_MINOR, false);
        OpenFile file = ec.gate().front().open(0, Caller.local());
        ec.gate().front().close(ec.gate().front().open(0, Caller.local()));
        assertTrue(ec.deregister());
        assertEquals(
                List.of(
                        "release finds data of cros_ec",
                        "release finds data of cros_ec",
                        "teardown",
                        "data of cros_ec released"),
                events);
        ec.gate().front().close(file);
        assertEquals(4, events.size());
    }

    /** In the kernel the data would be gone: misc_deregister() does not wait for the last close. */
    @Test
    void aReleaseAfterTheRemovalFindsTheData() throws Exception {
        MiscDevice<StringBuilder> ec = register("cros_ec", MiscDevices.DYNAMIC_MINOR, true);
        FopsGate gate = ec.gate();
        OpenFile first = gate.front().open(0, Caller.local());
        OpenFile second = gate.front().open(0, Caller.local());
        ec.deregister();
        assertEquals(List.of("teardown"), events);
        gate.front().close(first);
        gate.front().close(second);
        assertEquals(
                List.of(
                        "teardown",
                        "release finds data of cros_ec",
                        "release finds data of cros_ec",
                        "data of cros_ec released"),
                events);
    }

    @Test
    void everyVerbReachesTheDriver() throws Exception {
        List<String> reached = new ArrayList<>();
        FileOperations target =
                (FileOperations)
                        java.lang.reflect.Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {FileOperations.class},
                                (proxy, method, arguments) -> {
                                    reached.add(method.getName());
                                    return method.getReturnType() == long.class ? (Object) 0L : 0;
                                });
        List<MiscFileOperations> made = new ArrayList<>();
        MiscDevice<Object> device =
                misc.register(
                        "all",
                        MiscDevices.DYNAMIC_MINOR,
                        0600,
                        new Object(),
                        gone -> {},
                        self -> {
                            made.add(new MiscFileOperations(self, target));
                            return new FileOperations() {};
                        },
                        (GateBuilder builder) -> {});
        List<String> verbs = new ArrayList<>();
        for (Method verb : FileOperations.class.getMethods()) {
            Object[] arguments =
                    Arrays.stream(verb.getParameterTypes())
                            .map(
                                    type ->
                                            type == int.class
                                                    ? (Object) 0
                                                    : type == long.class
                                                            ? (Object) 0L
                                                            : type == boolean.class
                                                                    ? (Object) false
                                                                    : type == ByteBuffer.class
                                                                            ? ByteBuffer.allocate(0)
                                                                            : null)
                            .toArray();
            verb.invoke(made.get(0), arguments);
            verbs.add(verb.getName());
        }
        assertEquals(verbs, reached, "a verb of the driver is lost behind a misc device");
        device.deregister();
    }

    @Test
    void aDriverThatCannotBeMadeCostsNoMinor() {
        for (int i = 0; i < 2; i++) {
            assertThrows(
                    UnsupportedOperationException.class,
                    () ->
                            misc.register(
                                    "rtc",
                                    135,
                                    0600,
                                    "data",
                                    events::add,
                                    device -> {
                                        throw new UnsupportedOperationException("on purpose");
                                    },
                                    builder -> {}));
        }
        assertEquals(List.of("data", "data"), events, "released once for each failure");
        register("rtc", 135, false).deregister();
    }

    @Test
    void aBoundDriversVerbsHaveAProofFromTheFirstCallOn() throws Exception {
        List<Integer> opens = new ArrayList<>();
        // Opens as soon as there is something to open, as a process may.
        devices.follow(
                event -> {
                    if (event.action() == Uevent.Action.ADD) {
                        try {
                            event.device().gate().front().open(0, Caller.local());
                            opens.add(0);
                        } catch (ErrnoException e) {
                            opens.add(e.errno());
                        }
                    }
                });
        Device device =
                TestDriver.bound(
                        new DeviceModel().bus("test"),
                        "device",
                        bound ->
                                misc.register(
                                        bound,
                                        "bound",
                                        0600,
                                        new FileOperations() {
                                            @Override
                                            public int open(OpenFile file, Call call) {
                                                bound.device().bound(call).check();
                                                return 0;
                                            }
                                        }));
        assertEquals(List.of(0), opens, "the first opener found a driver without its device");
        device.unbind();
        assertEquals(List.of(), devices.devices());
    }

    /** As another thread may do it at any moment of a removal. */
    @Test
    void aMinorIsNotGivenOutBeforeTheRegistryHasItBack() throws Exception {
        List<Integer> minors = new ArrayList<>();
        CharDevices.Subscription first =
                devices.follow(
                        event -> {
                            try {
                                event.device()
                                        .gate()
                                        .front()
                                        .addRemovalListener(registering(minors));
                            } catch (ErrnoException e) {
                                throw new AssertionError(e);
                            }
                        });
        MiscDevice<Object> one = misc.register("one", new FileOperations() {});
        first.close();
        one.deregister();
        assertEquals(
                List.of(MiscDevices.DYNAMIC_MINOR + 2),
                minors,
                "a device was refused though minors are free");
        assertEquals(
                MiscDevices.DYNAMIC_MINOR + 1,
                misc.register("three", new FileOperations() {}).number().minor());
    }

    private RemovalListener registering(List<Integer> minors) {
        return new RemovalListener() {
            @Override
            public void onFlagged() {
                minors.add(misc.register("two", new FileOperations() {}).number().minor());
            }
        };
    }
}
