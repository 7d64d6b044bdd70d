package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Supplier.Sleep;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.removal.RemovalProfile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A removal ends the sleeps of its calls, also where they sleep in another device's verb. */
class NestedSleepTest {
    private final Supplier supplier;

    NestedSleepTest() throws ErrnoException {
        supplier = new Supplier();
    }

    /** A device whose read is a transfer of the supplier's. */
    private FopsGate consumer(Sleep how) {
        return Reading.gate("sensor", (file, call) -> supplier.transfer(how));
    }

    private static Background<Integer> read(FopsGate gate) throws ErrnoException {
        OpenFile file = Answers.open(gate);
        return Background.start(() -> Answers.read(file));
    }

    private static void assertRemoved(Removable gates) throws Exception {
        assertTrue(
                Background.start(gates::unregisterSync).result(),
                "the removal waits for a call that sleeps in another device");
    }

    @AfterEach
    void theSupplierGoesOnAndNobodyIsLeftInIt() throws Exception {
        assertFalse(supplier.gate.isRemoving());
        assertEquals(0, supplier.queue.sleepers(), "a call that ended is still on the queue");
        assertEquals(List.of(), supplier.gate.callsInFlight());
        supplier.finish();
        for (Sleep how : Sleep.values()) {
            assertEquals(Supplier.DONE, supplier.transfer(how), "it answers no more");
        }
        assertRemoved(supplier.gate);
    }

    @ParameterizedTest
    @EnumSource(Sleep.class)
    void aSleepInAnotherDeviceEnds(Sleep how) throws Exception {
        FopsGate sensor = consumer(how);
        Background<Integer> reader = read(sensor);
        supplier.awaitAsleep(1);
        assertRemoved(sensor);
        assertErrno(Errno.ENODEV, reader.failure(), "the reader does not learn of the unplug");
    }

    @ParameterizedTest
    @EnumSource(Sleep.class)
    void aSleepThatBeginsAfterTheFlagEndsAtOnce(Sleep how) throws Exception {
        Checkpoint before = new Checkpoint();
        FopsGate sensor =
                Reading.gate(
                        "sensor",
                        (file, call) -> {
                            before.pass();
                            return supplier.transfer(how);
                        });
        Background<Integer> reader = read(sensor);
        before.awaitReached();
        sensor.beginRemoval(); // all wake-ups are done when this returns
        before.letGo();
        assertErrno(Errno.ENODEV, reader.failure(), "it sleeps on, and the remover waits");
        assertTrue(sensor.awaitRemoval());
    }

    /** Whichever of the devices on the way is removed. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void atAnyDepth(int removed) throws Exception {
        List<FopsGate> way = new ArrayList<>();
        way.add(consumer(Sleep.PARKED));
        for (int i = 1; i < 4; i++) {
            OpenFile below = Answers.open(way.get(i - 1));
            way.add(FopsGate.of("layer" + i, (Reading) (file, call) -> Answers.read(below)));
        }
        Background<Integer> reader = read(way.get(3));
        supplier.awaitAsleep(1);
        assertRemoved(way.get(removed));
        assertErrno(Errno.ENODEV, reader.failure(), "the reader does not learn of the unplug");
        for (int i = 0; i < 4; i++) {
            assertEquals(i == removed, way.get(i).isRemoving());
            way.get(i).unregisterSync();
        }
    }

    @Test
    void theCallerGetsWhatTheProfileOfTheRemovedDeviceSays() throws Exception {
        FopsGate modem =
                Reading.builder("modem", (file, call) -> supplier.transfer(Sleep.PARKED))
                        .removalProfile(RemovalProfile.TTY)
                        .build();
        Background<Integer> reader = read(modem);
        supplier.awaitAsleep(1);
        assertRemoved(modem);
        assertEquals(0, reader.result(), "a terminal ends with end of file");
    }

    /** And not what the profile of the device says that it sleeps in, which lives on. */
    @ParameterizedTest
    @EnumSource(names = {"PARKED", "WOULD_BLOCK"})
    void theDeviceThatItSleepsInAnswersEnodev(Sleep how) throws Exception {
        Supplier modem = new Supplier(RemovalProfile.TTY);
        List<String> seen = new ArrayList<>();
        FopsGate sensor =
                Reading.gate(
                        "sensor",
                        (file, call) -> {
                            try {
                                return modem.transfer(how);
                            } catch (ErrnoException e) {
                                seen.add(Errno.describe(e.errno()));
                                return 3;
                            }
                        });
        Background<Integer> reader = read(sensor);
        modem.awaitAsleep(1);
        assertRemoved(sensor);
        assertEquals(3, reader.result(), "a short read is its result");
        assertEquals(List.of("ENODEV"), seen);
        assertRemoved(modem.gate);
    }

    /** A driver below that does not care is told again. */
    @Test
    void whoSwallowsItDoesNotSleepAgain() throws Exception {
        AtomicInteger told = new AtomicInteger();
        FopsGate sensor =
                Reading.gate(
                        "sensor",
                        (file, call) -> {
                            while (told.get() < 5) {
                                for (Sleep how : Sleep.values()) {
                                    assertErrno(
                                            Errno.ENODEV,
                                            () -> supplier.transfer(how),
                                            "it slept again");
                                }
                                told.incrementAndGet();
                            }
                            return 1;
                        });
        Background<Integer> reader = read(sensor);
        supplier.awaitAsleep(1);
        assertRemoved(sensor);
        assertEquals(1, reader.result());
    }

    /** What a front does before its thread parks may use up the permit of the remover's unpark. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OF_ITS_OWN")
    void aWakeUpIsNotLostInWhatAFrontDoesBeforeThePark(Sleep how) throws Exception {
        FopsGate sensor = consumer(how);
        Checkpoint beforePark = new Checkpoint();
        Caller front =
                new ThreadlessCaller() {
                    @Override
                    protected void beforePark() {
                        beforePark.pass();
                        LockSupport.parkNanos(1);
                    }
                };
        OpenFile file = Answers.open(sensor);
        Background<Integer> reader =
                Background.start(() -> sensor.front().read(file, ByteBuffer.allocate(1), 0, front));
        beforePark.awaitReached(); // so the front of the outer call hears that its thread parks
        sensor.beginRemoval();
        beforePark.letGo();
        assertErrno(Errno.ENODEV, reader.failure(), "it sleeps on, and the remover waits");
        assertTrue(sensor.awaitRemoval());
    }

    /** The lock of the driver's is taken and given back in between. */
    @Test
    void norInALock() throws Exception {
        Checkpoint inUnlock = new Checkpoint();
        ReentrantLock lock =
                new ReentrantLock() {
                    @Override
                    public void unlock() {
                        super.unlock();
                        if (!inUnlock.isReached()) {
                            inUnlock.pass();
                            LockSupport.parkNanos(1);
                        }
                    }
                };
        FopsGate other =
                Reading.gate(
                        "other",
                        (file, call) -> {
                            lock.lock();
                            try {
                                call.await(supplier.queue, lock, () -> false);
                                return 1;
                            } finally {
                                lock.unlock();
                            }
                        });
        OpenFile below = Answers.open(other);
        FopsGate sensor = Reading.gate("sensor", (file, call) -> Answers.read(below));
        Background<Integer> reader = read(sensor);
        inUnlock.awaitReached();
        sensor.beginRemoval();
        inUnlock.letGo();
        assertErrno(Errno.ENODEV, reader.failure(), "it sleeps on, and the remover waits");
        assertTrue(sensor.awaitRemoval());
        assertRemoved(other);
    }

    @ParameterizedTest
    @EnumSource(names = {"PARKED", "EXCLUSIVE_TIMED", "WOULD_BLOCK", "WOULD_BLOCK_TIMED"})
    void anInterruptThatComesWithTheRemovalStaysSet(Sleep how) throws Exception {
        FopsGate sensor =
                Reading.gate(
                        "sensor",
                        (file, call) -> {
                            file.gate().beginRemoval();
                            Thread.currentThread().interrupt();
                            assertErrno(Errno.ENODEV, () -> supplier.transfer(how), "told");
                            return Thread.interrupted() ? 1 : 0;
                        });
        assertEquals(1, read(sensor).result(), "the interrupt is lost");
        assertRemoved(sensor);
    }

    @Test
    void anInterruptBeforeTheRemovalIsEintr() throws Exception {
        FopsGate sensor = consumer(Sleep.PARKED);
        Background<Integer> reader = read(sensor);
        supplier.awaitAsleep(1);
        reader.thread().interrupt();
        assertErrno(Errno.EINTR, reader.failure(), "ctrl-C does not end the program's read");
        assertRemoved(sensor);
    }
}
