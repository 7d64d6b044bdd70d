package org.cdevgate.examples.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.Errno;
import org.cdevgate.device.Device;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.revocable.Revocable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A USB-to-I2C adapter, whose clients are drivers of chips on its bus, and somebody who keeps the
 * bus without being such a driver, as i2c-dev does.
 */
@Timeout(60)
class UsbToI2cTest {
    private final TestMachine machine = new TestMachine();
    private final AtomicReference<Revocable<I2cBus>> kept = new AtomicReference<>();

    /** Transfers over USB. */
    private final class I2cBus {
        int transfer(int value) {
            return value + 1;
        }

        void free() {
            machine.events.add("bus freed");
        }
    }

    private static final class Sensor implements FileOperations {
        private final WaitQueue alarm = new WaitQueue("alarm");
        private final I2cBus bus;

        Sensor(I2cBus bus) {
            this.bus = bus;
        }

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            return bus.transfer(1) > 2 ? 1 : call.wouldBlock(alarm);
        }
    }

    private Device plugAdapter() {
        return machine.plug(
                "adapter",
                bound -> {
                    Revocable<I2cBus> bus =
                            Revocable.managed("i2c bus", bound, new I2cBus(), I2cBus::free);
                    kept.set(bus);
                    bound.provide(I2cBus.class, "", bus.access(bound));
                });
    }

    /**
     * Without the library: i2c_del_adapter() waits until the last user of the adapter has let go,
     * so a process that keeps /dev/i2c-0 open keeps the unplugged adapter, and on Linux 6.1 the
     * removal hangs until it closes (or the memory is freed under it, where nobody waits).
     */
    @Test
    void theAdapterGoesAtOnceAndItsClientsFirst() throws Exception {
        Device adapter = plugAdapter();
        Device sensor =
                machine.plug(
                        "sensor",
                        bound -> {
                            I2cBus bus = bound.request(adapter, I2cBus.class, "");
                            bound.devres()
                                    .addAction("alarm", () -> machine.events.add("alarm off"));
                            machine.misc.register(bound, "sensor", 0600, new Sensor(bus));
                        });
        OpenFile file = machine.open("sensor");
        FutureTask<Integer> reader = TestMachine.begin(() -> TestMachine.read(file));
        TestMachine.untilAsleep(file.gate(), Verb.READ, 1);
        try (Revocable.Use<I2cBus> use = kept.get().tryAccess()) {
            assertNotNull(use, "the bus is there as long as the adapter");
            assertEquals(2, use.get().transfer(1));
        }

        assertTrue(adapter.remove(), "with a reader asleep and its file open");

        assertEquals(Errno.ENODEV.number(), TestMachine.errnoOf(reader));
        TestMachine.expectGone(file);
        assertFalse(sensor.isBound());
        assertEquals(
                List.of("remove sensor", "alarm off", "remove adapter", "bus freed"),
                machine.events);
        assertNull(kept.get().tryAccess(), "who kept the bus has it no more");
    }

    /**
     * Without the library: a driver that uses the bus at the moment of the unplug uses it freed.
     */
    @Test
    void whoUsesTheBusIsWaitedForNotWhoKeepsIt() throws Exception {
        Device adapter = plugAdapter();
        FutureTask<Boolean> remove;
        try (Revocable.Use<I2cBus> use = kept.get().tryAccess()) {
            remove = TestMachine.begin(adapter::remove);
            TestMachine.until("new uses to be refused", () -> kept.get().isRevoked());
            assertFalse(remove.isDone());
            assertFalse(machine.events.contains("bus freed"));
            assertEquals(3, use.get().transfer(2));
        }
        assertTrue(TestMachine.join(remove));
        assertTrue(machine.events.contains("bus freed"));
    }
}
