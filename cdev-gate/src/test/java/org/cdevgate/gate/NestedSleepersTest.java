package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Supplier.Sleep;
import org.cdevgate.gate.removal.RemovalProfile;
import org.cdevgate.gate.removal.SelfRemoval;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose sleeps in another device a removal ends: all that it waits for, and no others. */
class NestedSleepersTest {
    private final Supplier supplier;
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    NestedSleepersTest() throws ErrnoException {
        supplier = new Supplier();
    }

    private GateBuilder sensor(FileOperations driver) {
        return FopsGate.builder("sensor", driver);
    }

    /** Sleeps until the transfer is finished, or gets what the removal answers. */
    private void transfer(String what, Sleep how) {
        try {
            assertEquals(Supplier.DONE, supplier.transfer(how));
            events.add(what + " finished");
        } catch (ErrnoException e) {
            events.add(what + " " + Errno.describe(e.errno()));
        }
    }

    private static Background<Integer> read(FopsGate gate) throws ErrnoException {
        OpenFile file = Answers.open(gate);
        return Background.start(() -> Answers.read(file));
    }

    private static void assertRemoved(Removable gates) throws Exception {
        assertTrue(Background.start(gates::unregisterSync).result(), "the removal hangs");
    }

    // who sleeps on

    /** What powers a device off may have to talk to its bus. */
    @ParameterizedTest
    @EnumSource(Sleep.class)
    void theRemoversOwnCallsSleepAsEver(Sleep how) throws Exception {
        FopsGate gate =
                sensor((Releasing) (file, call) -> transfer("release", how))
                        .onTeardown(() -> transfer("teardown", how))
                        .build();
        Answers.open(gate).setPrivateData("data", data -> transfer("destructor", how));
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        supplier.awaitAsleep(1);
        assertFalse(remover.isDone());
        supplier.finish();
        assertTrue(remover.result());
        assertEquals(
                List.of("release finished", "destructor finished", "teardown finished"), events);
    }

    @ParameterizedTest
    @EnumSource(Sleep.class)
    void aCallThatIsLeftOutSleepsOn(Sleep how) throws Exception {
        FopsGate gate =
                sensor(
                                (Reading)
                                        (file, call) -> {
                                            file.gate().unregisterSync(SelfRemoval.LEAVE_OUT);
                                            transfer("rest", how);
                                            return 1;
                                        })
                        .build();
        Background<Integer> reader = read(gate);
        supplier.awaitAsleep(1);
        assertTrue(gate.isRemoved());
        supplier.finish();
        assertEquals(1, reader.result());
        assertEquals(List.of("rest finished"), events);
    }

    @ParameterizedTest
    @EnumSource(Sleep.class)
    void soDoesOneThatAnotherThreadLeavesOut(Sleep how) throws Exception {
        AtomicReference<Long> ticket = new AtomicReference<>();
        FopsGate gate =
                sensor(
                                (Reading)
                                        (file, call) -> {
                                            ticket.set(call.ticketOfCall());
                                            transfer("read", how);
                                            return 1;
                                        })
                        .build();
        Background<Integer> reader = read(gate);
        supplier.awaitAsleep(1);
        assertTrue(gate.unregisterSync(SelfRemoval.LEAVE_OUT, ticket.get()));
        supplier.awaitAsleep(1);
        supplier.finish();
        assertEquals(1, reader.result());
        assertEquals(List.of("read finished"), events);
    }

    @Test
    void theRemovalOfAnotherDeviceEndsNothing() throws Exception {
        FopsGate gate = sensor((Reading) (file, call) -> supplier.transfer(Sleep.PARKED)).build();
        FopsGate other = Reading.gate("other", (file, call) -> Answers.read(file));
        OpenFile before = Answers.open(other);
        Background<Integer> reader = read(gate);
        supplier.awaitAsleep(1);
        assertRemoved(other);
        assertErrno(Errno.ENODEV, () -> Answers.read(before), "removed");
        supplier.awaitAsleep(1);
        supplier.finish();
        assertEquals(Supplier.DONE, reader.result());
        assertRemoved(gate);
    }

    // who does not

    /** Code that entered by hand is a call too, and so is the use of a resource. */
    @ParameterizedTest
    @EnumSource(Sleep.class)
    void codeThatEnteredByHandIsWoken(Sleep how) throws Exception {
        FopsGate gate = sensor(new FileOperations() {}).build();
        Background<Void> inside =
                Background.start(
                        () -> {
                            long ticket = gate.enter();
                            transfer("section", how);
                            gate.exit(ticket);
                            return null;
                        });
        supplier.awaitAsleep(1);
        assertRemoved(gate);
        inside.result();
        assertEquals(List.of("section ENODEV"), events);
    }

    /** The call that sleeps is the outer one here, on its own device's queue. */
    @Test
    void aSleepWithinTheScopeOfAnotherDeviceIsWoken() throws Exception {
        FopsGate resource = FopsGate.of("registers", new FileOperations() {});
        FopsGate gate =
                sensor(
                                (Reading)
                                        (file, call) -> {
                                            long use = resource.enter();
                                            try {
                                                call.await(supplier.queue, () -> false);
                                                return 1;
                                            } finally {
                                                resource.exit(use);
                                            }
                                        })
                        .removalProfile(RemovalProfile.TTY)
                        .build();
        Background<Integer> reader = read(gate);
        supplier.awaitAsleep(1);
        assertRemoved(resource);
        assertErrno(Errno.ENODEV, reader.failure(), "not the answer of its own removal");
        assertRemoved(gate);
    }

    /** A close that came before the flag is waited for, as any call. */
    @ParameterizedTest
    @EnumSource(Sleep.class)
    void aReleaseOfTheLastCloseIsWoken(Sleep how) throws Exception {
        FopsGate gate = sensor((Releasing) (file, call) -> transfer("release", how)).build();
        OpenFile file = Answers.open(gate);
        Background<Void> closer =
                Background.start(
                        () -> {
                            gate.front().close(file);
                            return null;
                        });
        supplier.awaitAsleep(1);
        assertRemoved(gate);
        closer.result();
        assertEquals(List.of("release ENODEV"), events);
    }

    @ParameterizedTest
    @EnumSource(Sleep.class)
    void theWorkOfAHoldIsWoken(Sleep how) throws Exception {
        FopsGate gate = sensor(new FileOperations() {}).build();
        Hold hold = gate.hold("transfer");
        Background<Void> worker =
                Background.start(
                        () -> {
                            hold.run(() -> transfer("first part", how));
                            hold.run(() -> transfer("second part", how));
                            hold.release();
                            return null;
                        });
        supplier.awaitAsleep(1);
        assertRemoved(gate);
        worker.result();
        assertEquals(List.of("first part ENODEV", "second part ENODEV"), events);
    }

    /** They are waited for, and may call other devices, but not sleep there. */
    @ParameterizedTest
    @EnumSource(Sleep.class)
    void callbacksAndHooksAreToldAtOnce(Sleep how) throws Exception {
        Checkpoint inRead = new Checkpoint();
        FopsGate gate =
                sensor(
                                (Reading)
                                        (file, call) -> {
                                            call.onCancel(
                                                    () -> {
                                                        transfer("callback", how);
                                                        inRead.letGo();
                                                    });
                                            inRead.pass();
                                            return 1;
                                        })
                        .wakeHook(
                                () -> {
                                    if (!events.contains("hook ENODEV")) {
                                        transfer("hook", how);
                                    }
                                })
                        .build();
        Background<Integer> reader = read(gate);
        inRead.awaitReached();
        assertRemoved(gate);
        assertEquals(1, reader.result());
        Collections.sort(events);
        assertEquals(List.of("callback ENODEV", "hook ENODEV"), events);
    }

    @ParameterizedTest
    @EnumSource(Sleep.class)
    void aParentsRemovalWakesTheCallsOfItsChildren(Sleep how) throws Exception {
        FopsGate parent = sensor(new FileOperations() {}).build();
        FopsGate child =
                Reading.builder("child", (file, call) -> supplier.transfer(how))
                        .parent(parent)
                        .build();
        Background<Integer> reader = read(child);
        supplier.awaitAsleep(1);
        assertRemoved(parent);
        assertErrno(Errno.ENODEV, reader.failure(), "told");
    }

    @ParameterizedTest
    @EnumSource(Sleep.class)
    void aGroupOfTheDeviceAndTheOneThatItSleepsIn(Sleep how) throws Exception {
        FopsGate gate = sensor((Reading) (file, call) -> supplier.transfer(how)).build();
        Background<Integer> reader = read(gate);
        supplier.awaitAsleep(1);
        assertRemoved(GateGroup.of(supplier.gate, gate));
        assertErrno(Errno.ENODEV, reader.failure(), "told");
    }

    /** Each sleeps in a place of its own, and is unparked for itself. */
    @Test
    void manySleepersEachOnItsOwnThread() throws Exception {
        FopsGate gate =
                sensor((Reading) (file, call) -> supplier.transfer(Sleep.EXCLUSIVE)).build();
        List<Background<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            readers.add(read(gate));
        }
        supplier.awaitAsleep(50);
        assertRemoved(gate);
        for (Background<Integer> each : readers) {
            assertErrno(Errno.ENODEV, each.failure(), "told");
        }
        assertEquals(0, supplier.queue.sleepers());
    }

    /** A wake-up for one that came to a sleeper which the removal ends goes to the next. */
    @Test
    void anExclusiveWakeUpIsPassedOn() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        AtomicInteger items = new AtomicInteger();
        WaitQueue queue = new WaitQueue("items");
        AtomicReference<FopsGate> outer = new AtomicReference<>();
        FopsGate below =
                Reading.gate(
                        "items",
                        (file, call) -> {
                            lock.lock();
                            try {
                                call.awaitExclusive(
                                        queue,
                                        lock,
                                        () -> items.get() > 0 && !outer.get().isRemoving());
                                items.decrementAndGet();
                                return 1;
                            } finally {
                                lock.unlock();
                            }
                        });
        OpenFile file = Answers.open(below);
        FopsGate gate = sensor((Reading) (opened, call) -> Answers.read(file)).build();
        outer.set(gate);
        Background<Integer> nested = read(gate).awaitWaitingFor(queue);
        FopsGate next = FopsGate.of("next", itemTaker(queue, items));
        // Parked: before that it looks once more, and might take the item itself.
        Background<Integer> waiting = read(next).awaitWaitingFor(queue);
        lock.lock(); // so the first, once woken, cannot look before the removal has begun
        try {
            items.incrementAndGet();
            queue.wakeUp();
            Eventually.asleep(queue, 1);
            gate.beginRemoval();
        } finally {
            lock.unlock();
        }
        assertErrno(Errno.ENODEV, nested.failure(), "told");
        assertEquals(1, waiting.result(), "the wake-up is lost with the one it went to");
        assertTrue(gate.awaitRemoval());
        assertRemoved(GateGroup.of(below, next));
    }

    private static FileOperations itemTaker(WaitQueue queue, AtomicInteger items) {
        return (Reading)
                (file, call) -> {
                    call.awaitExclusive(
                            queue, () -> items.getAndUpdate(there -> Math.max(0, there - 1)) > 0);
                    return 1;
                };
    }
}
