package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Bus;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.device.Driver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process reads a sensor, whose driver waits for an answer on the bus that the sensor is on: it
 * sleeps in a read of the bus adapter, which has a node too.
 */
class NestedSleepIT extends MountBase {
    private static final String NO_DEVICE = "No such device";

    private final Bus bus = new DeviceModel().bus("i2c");
    private final AtomicReference<FopsGate> adapterGate = new AtomicReference<>();
    private final AtomicReference<FopsGate> sensorGate = new AtomicReference<>();
    private FifoDriver fifo;
    private Device adapter;
    private Device sensor;

    private interface Probe {
        void run(BoundDevice bound) throws Exception;
    }

    private Device plugIn(String name, Probe probe) {
        bus.addDriver(
                new Driver() {
                    @Override
                    public String name() {
                        return name;
                    }

                    @Override
                    public boolean matches(Device device) {
                        return device.name().equals(name);
                    }

                    @Override
                    public void probe(BoundDevice bound) throws Exception {
                        probe.run(bound);
                    }
                });
        Device device = bus.newDevice(name).add();
        assertTrue(device.isBound(), "the probe of " + name + " failed");
        return device;
    }

    private void plugIn(Sleep sleep) {
        fifo = new FifoDriver(sleep);
        adapter =
                plugIn(
                        "adapter",
                        bound -> {
                            FopsGate gate = bound.addGate(FopsGate.of("adapter", fifo));
                            adapterGate.set(gate);
                            bound.provide(FopsGate.class, "", gate);
                            mount.register(gate, DeviceNode.named("adapter"), fifo);
                        });
        sensor =
                plugIn(
                        "sensor",
                        bound -> {
                            FopsGate below = bound.request(adapter, FopsGate.class, "");
                            OpenFile file = below.front().open(OpenFlags.O_RDWR, Caller.local());
                            FileOperations driver =
                                    new FileOperations() {
                                        @Override
                                        public int read(
                                                OpenFile opened,
                                                ByteBuffer dst,
                                                long position,
                                                Call call)
                                                throws ErrnoException {
                                            return below.front().read(file, dst, 0, Caller.local());
                                        }
                                    };
                            FopsGate gate = bound.addGate(FopsGate.of("sensor", driver));
                            sensorGate.set(gate);
                            mount.register(gate, DeviceNode.named("sensor"), driver);
                        });
    }

    private boolean isAsleep(CallInFlight call) {
        return call.waitingOn() != null && call.nested().equals(List.of("read of adapter"));
    }

    private Shell catAsleep() throws Exception {
        Shell cat = Shell.start("cat \"$1\"", mount.path("sensor"));
        Within.limit(
                "cat to sleep in the adapter",
                () -> sensorGate.get().report().culprits().stream().anyMatch(this::isAsleep));
        return cat;
    }

    @ParameterizedTest
    @EnumSource
    void theUnplugOfTheAdapterEndsAReaderOfTheSensor(Sleep sleep) throws Exception {
        plugIn(sleep);
        try (Shell cat = catAsleep()) {
            assertTrue(Within.limit("adapter.remove()", Within.LIMIT, () -> adapter.remove()));
            cat.await().expectFailure(NO_DEVICE);
        }
        assertFalse(lists("sensor") || lists("adapter"));
        assertFalse(sensor.isBound());
    }

    /** The adapter goes on, also for other readers. */
    @ParameterizedTest
    @EnumSource
    void theUnplugOfTheSensorLeavesTheAdapterAlone(Sleep sleep) throws Exception {
        plugIn(sleep);
        try (Shell cat = catAsleep();
                Shell direct = Shell.start("head -c 3 \"$1\"", mount.path("adapter"))) {
            TestMount.awaitAsleep(adapterGate.get(), Verb.READ, 2);
            assertTrue(Within.limit("sensor.remove()", Within.LIMIT, () -> sensor.remove()));
            cat.await().expectFailure(NO_DEVICE);
            fifo.feed("abc");
            assertEquals("abc", direct.await().expect(0));
        }
        assertTrue(adapter.remove());
    }

    /** The reader that sleeps so holds up nobody else, and a signal ends it. */
    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("try") // the second one only sleeps
    void dataAndSignalsReachTheReader(Sleep sleep) throws Exception {
        plugIn(sleep);
        try (Shell cat = catAsleep()) {
            assertTrue(lists("sensor"));
            fifo.feed("abc");
            cat.awaitOutput("abc");
        }
        try (Shell cat = catAsleep()) {
            assertEquals("", Shell.run("timeout 1 cat \"$1\"", mount.path("sensor")).expect(124));
        }
        assertTrue(Within.limit("adapter.remove()", Within.LIMIT, () -> adapter.remove()));
    }
}
