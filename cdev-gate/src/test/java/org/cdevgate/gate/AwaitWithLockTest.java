package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.junit.jupiter.api.Test;

/** Sleeping for state that a lock of the driver's guards. */
class AwaitWithLockTest {
    /** How a verb sleeps. */
    private interface Sleep {
        boolean on(Call call) throws ErrnoException;
    }

    private final WaitQueue queue = new WaitQueue("items");
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicInteger unlockedLooks = new AtomicInteger();
    private final AtomicInteger notHeldAfterwards = new AtomicInteger();
    private int items; // guarded by lock
    private FopsGate gate;

    private boolean hasItem() {
        if (!lock.isHeldByCurrentThread()) {
            unlockedLooks.incrementAndGet();
        }
        return items > 0;
    }

    /** A reader that takes an item, and looks whether it holds the lock however the sleep ends. */
    private Background<Integer> reader(Sleep sleep) throws Exception {
        gate =
                Reading.gate(
                        "locked",
                        (file, call) -> {
                            lock.lock();
                            try {
                                try {
                                    if (!sleep.on(call)) {
                                        return 0;
                                    }
                                } finally {
                                    if (lock.getHoldCount() != 1) {
                                        notHeldAfterwards.incrementAndGet();
                                    }
                                }
                                items--;
                                return 1;
                            } finally {
                                lock.unlock();
                            }
                        });
        OpenFile file = Answers.open(gate);
        return Background.start(() -> Answers.read(file));
    }

    private void add() {
        lock.lock(); // hangs if the sleeper did not give it up
        try {
            items++;
            queue.wakeUp();
        } finally {
            lock.unlock();
        }
    }

    private void assertLockKept() {
        assertEquals(0, unlockedLooks.get(), "the condition was looked at without the lock");
        assertEquals(0, notHeldAfterwards.get(), "what the condition found may be gone");
        assertFalse(lock.isLocked(), "the lock stays with a thread that is gone");
    }

    private boolean sleep(Call call) throws ErrnoException {
        call.await(queue, lock, this::hasItem);
        return true;
    }

    private boolean sleepExclusively(Call call) throws ErrnoException {
        call.awaitExclusive(queue, lock, this::hasItem);
        return true;
    }

    @Test
    void theLockIsGivenUpMeanwhileAndHeldAfterwards() throws Exception {
        for (Sleep sleep : new Sleep[] {this::sleep, this::sleepExclusively}) {
            Background<Integer> reader = reader(sleep);
            Eventually.asleep(queue, 1);
            reader.awaitWaitingFor(queue);
            queue.wakeUpAll(); // for nothing
            Background<Integer> adder =
                    Background.start(
                            () -> {
                                add();
                                return 0;
                            });
            adder.result();
            assertEquals(1, reader.result());
            assertLockKept();
            assertTrue(gate.unregisterSync());
        }
    }

    @Test
    void whatIsReadyDoesNotGiveItUp() throws Exception {
        add();
        assertEquals(1, reader(this::sleep).result());
        assertLockKept();
        assertTrue(gate.unregisterSync());
    }

    @Test
    void theRemovalThrowsWithTheLockHeld() throws Exception {
        for (Sleep sleep : new Sleep[] {this::sleep, this::sleepExclusively}) {
            Background<Integer> reader = reader(sleep);
            Eventually.asleep(queue, 1);
            assertTrue(gate.unregisterSync());
            Answers.assertErrno(Errno.ENODEV, reader.failure(), "not woken");
            assertLockKept();
        }
    }

    @Test
    void anInterruptThrowsWithTheLockHeld() throws Exception {
        Background<Integer> reader = reader(this::sleep);
        Eventually.asleep(queue, 1);
        reader.thread().interrupt();
        Answers.assertErrno(Errno.EINTR, reader.failure(), "a signal is ignored");
        assertLockKept();
        assertTrue(gate.unregisterSync());
    }

    @Test
    void theTimeEndsItWithTheLockHeld() throws Exception {
        Background<Integer> reader =
                reader(call -> call.await(queue, lock, this::hasItem, 1, TimeUnit.MILLISECONDS));
        assertEquals(0, reader.result());
        assertLockKept();
        assertTrue(gate.unregisterSync());
        add();
        reader = reader(call -> call.await(queue, lock, this::hasItem, 0, TimeUnit.MILLISECONDS));
        assertEquals(1, reader.result(), "a condition that holds needs no time");
        assertTrue(gate.unregisterSync());
        reader =
                reader(
                        call ->
                                call.await(
                                        queue, lock, this::hasItem, Long.MAX_VALUE, TimeUnit.DAYS));
        Eventually.asleep(queue, 1);
        add();
        assertEquals(1, reader.result());
        assertLockKept();
        assertTrue(gate.unregisterSync());
    }

    @Test
    void aLockThatIsNotHeldIsTheDriversErrorAndLeavesNoSleeper() throws Exception {
        FopsGate careless =
                Reading.gate(
                        "careless",
                        (file, call) -> {
                            assertThrows(
                                    IllegalMonitorStateException.class,
                                    () -> call.await(queue, lock, () -> false));
                            return 1;
                        });
        OpenFile file = Answers.open(careless);
        assertEquals(1, Answers.read(file));
        assertEquals(0, queue.sleepers());
        assertFalse(lock.isLocked());
        assertTrue(careless.unregisterSync());
    }
}
