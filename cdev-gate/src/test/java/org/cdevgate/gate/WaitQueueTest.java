package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.abi.Errno;
import org.junit.jupiter.api.Test;

/** One queue and the gates whose calls sleep on it. */
class WaitQueueTest {
    private final WaitQueue queue = new WaitQueue("shared");
    private final AtomicBoolean ready = new AtomicBoolean();

    private final FileOperations driver =
            (Reading)
                    (file, call) -> {
                        call.await(queue, ready::get);
                        return 1;
                    };

    @Test
    void theRemovalOfOneGateWakesItsOwnSleepersOnly() throws Exception {
        FopsGate left = FopsGate.of("left", driver);
        FopsGate right = FopsGate.of("right", driver);
        OpenFile leftFile = Answers.open(left);
        OpenFile rightFile = Answers.open(right);
        Background<Integer> leftReader = Background.start(() -> Answers.read(leftFile));
        Background<Integer> rightReader = Background.start(() -> Answers.read(rightFile));
        Eventually.asleep(queue, 2);

        assertTrue(left.unregisterSync());

        assertErrno(Errno.ENODEV, leftReader.failure(), "the unplugged side sleeps on");
        assertEquals(1, queue.sleepers());
        assertFalse(rightReader.isDone(), "a device that is still there answered for another");
        ready.set(true);
        queue.wakeUp();
        assertEquals(1, rightReader.result());
        right.unregisterSync();
    }

    @Test
    void oneWakeUpReachesTheSleepersOfAllGates() throws Exception {
        FopsGate left = FopsGate.of("left", driver);
        FopsGate right = FopsGate.of("right", driver);
        OpenFile leftFile = Answers.open(left);
        OpenFile rightFile = Answers.open(right);
        Background<Integer> leftReader = Background.start(() -> Answers.read(leftFile));
        Background<Integer> rightReader = Background.start(() -> Answers.read(rightFile));
        Eventually.asleep(queue, 2);
        ready.set(true);
        queue.wakeUp();
        assertEquals(1, leftReader.result());
        assertEquals(1, rightReader.result());
        left.unregisterSync();
        right.unregisterSync();
    }

    @Test
    void aQueueServesADriverThatIsPluggedInAgain() throws Exception {
        for (int lifetime = 0; lifetime < 3; lifetime++) {
            ready.set(false);
            FopsGate gate = FopsGate.of("replugged", driver);
            OpenFile file = Answers.open(gate);
            Background<Integer> woken = Background.start(() -> Answers.read(file));
            Eventually.asleep(queue, 1);
            ready.set(true);
            queue.wakeUp();
            assertEquals(1, woken.result());
            ready.set(false);
            Background<Integer> removed = Background.start(() -> Answers.read(file));
            Eventually.asleep(queue, 1);
            gate.unregisterSync();
            assertErrno(Errno.ENODEV, removed.failure(), "the second lifetime is not woken");
        }
    }

    @Test
    void aQueueDoesNotKeepARemovedGateAlive() throws Exception {
        WeakReference<FopsGate> gone = sleepAndRemove();
        Eventually.until(
                "the removed gate to be collected",
                () -> {
                    System.gc();
                    return gone.get() == null;
                });
        queue.wakeUp(); // the queue itself is in use all the time
    }

    private WeakReference<FopsGate> sleepAndRemove() throws Exception {
        FopsGate gate = FopsGate.of("forgotten", driver);
        Answers.open(gate);
        ThreadlessCaller front = new ThreadlessCaller();
        Threadless.sleepOn(queue, gate, new NotingRequest(), front);
        gate.unregisterSync();
        return new WeakReference<>(gate);
    }

    @Test
    void aQueueHasAName() {
        assertEquals("shared", queue.name());
        assertEquals("wait queue shared", queue.toString());
        assertThrows(IllegalArgumentException.class, () -> new WaitQueue(""));
        assertThrows(NullPointerException.class, () -> new WaitQueue(null));
    }
}
