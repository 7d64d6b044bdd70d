package org.cdevgate.examples.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.cdev.MiscDevices;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Bus;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.device.Driver;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;

/** A machine with a bus, its devices by name, and threads that play processes. */
final class TestMachine {
    private static final int POLL_GONE = PollEvents.POLLERR | PollEvents.POLLHUP;
    private static final int SECONDS = 30;

    final CharDevices devices = new CharDevices();
    final MiscDevices misc = new MiscDevices(devices);
    final Bus bus = new DeviceModel().bus("test");
    final List<String> events = Collections.synchronizedList(new ArrayList<>());

    interface Probe {
        void run(BoundDevice bound) throws Exception;
    }

    /** Adds a device and the driver of that device only. */
    Device plug(String name, Probe probe) {
        bus.addDriver(
                new Driver() {
                    @Override
                    public String name() {
                        return "driver of " + name;
                    }

                    @Override
                    public boolean matches(Device device) {
                        return device.name().equals(name);
                    }

                    @Override
                    public void probe(BoundDevice bound) throws Exception {
                        probe.run(bound);
                    }

                    @Override
                    public void remove(BoundDevice bound) {
                        events.add("remove " + name);
                    }
                });
        Device device = bus.newDevice(name).add();
        assertTrue(device.isBound(), () -> name + " is not bound; see the log");
        return device;
    }

    FopsGate gate(String name) {
        return devices.find(name).orElseThrow().gate();
    }

    OpenFile open(String name) throws ErrnoException {
        return gate(name).front().open(OpenFlags.O_RDWR, Caller.local());
    }

    static int read(OpenFile file) throws ErrnoException {
        return file.gate().front().read(file, ByteBuffer.allocateDirect(64), 0, Caller.local());
    }

    static int ioctl(OpenFile file, int command) throws ErrnoException {
        ByteBuffer data = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());
        return file.gate().front().ioctl(file, command, 0, data, Caller.local());
    }

    static void expectGone(OpenFile file) throws ErrnoException {
        assertEquals(POLL_GONE, file.gate().front().poll(file, Caller.local(), null));
        ErrnoException gone = assertThrows(ErrnoException.class, () -> read(file));
        assertEquals(Errno.ENODEV.number(), gone.errno());
    }

    /** Begins something on a thread of its own. */
    static <T> FutureTask<T> begin(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "test-process");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    static <T> T join(FutureTask<T> task) throws Exception {
        return task.get(SECONDS, TimeUnit.SECONDS);
    }

    /** What a call that the removal ended got: the errno, or 0. */
    static int errnoOf(FutureTask<Integer> call) throws Exception {
        try {
            join(call);
            return 0;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ErrnoException answer) {
                return answer.errno();
            }
            throw e;
        }
    }

    static void until(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(SECONDS, TimeUnit.SECONDS).until(condition);
    }

    /** Waits until so many calls of a verb sleep in a device. */
    static void untilAsleep(FopsGate gate, Verb verb, int count) {
        until(
                count + " asleep in " + verb + " of " + gate,
                () ->
                        gate.callsInFlight().stream()
                                        .filter(call -> call.verb() == verb)
                                        .filter(call -> call.waitingOn() != null)
                                        .count()
                                == count);
    }
}
