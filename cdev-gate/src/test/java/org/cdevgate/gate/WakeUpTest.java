package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.PollWatcher;
import org.cdevgate.gate.front.RequestSleeper;
import org.junit.jupiter.api.Test;

/** Who joins a queue, who leaves it, and whom a wake-up finds there. */
class WakeUpTest {
    private final WaitQueue queue = new WaitQueue("item");
    private final Caller front = new ThreadlessCaller();
    private final FopsGate gate = gateOf("store");
    private final OpenFile file = gate.front().newFile(0, front);

    private static FopsGate gateOf(String name) {
        return FopsGate.of(name, new FileOperations() {});
    }

    /** False if the request is to be run again at once. */
    private boolean sleep(RequestSleeper request, boolean exclusive, long since) {
        return sleep(request, file, exclusive, since);
    }

    private boolean sleep(RequestSleeper request, OpenFile of, boolean exclusive, long since) {
        Sides.of(front)
                .blocked(new BlockedRun(of, Verb.READ, queue, since, exclusive, BlockedRun.NONE));
        return of.gate().front().sleep(request, front);
    }

    private NotingRequest asleep(boolean exclusive) {
        NotingRequest request = new NotingRequest();
        assertTrue(sleep(request, exclusive, Long.MAX_VALUE), "woken by nobody");
        return request;
    }

    /** The gate's part of the queue, on which something sleeps. */
    private GateWaiters list() {
        return gate.queues().all().get(0);
    }

    /**
     * Of two wakers the one that takes the lock later must have the later time. Otherwise the
     * list's last time goes back, and a request that looked between the two joins although the
     * second came after its look.
     */
    @Test
    void theClockStandsStillWhileTheListIsLocked() throws Exception {
        NotingRequest sleeper = asleep(false);
        Background<Boolean> waker;
        synchronized (list()) {
            long before = gate.wakeClock();
            waker =
                    Background.start(
                            () -> {
                                queue.wakeUp();
                                return true;
                            });
            waker.awaitWaitingFor(list());
            assertEquals(before, gate.wakeClock(), "a waker that waits has its time already");
        }
        assertTrue(waker.result());
        assertEquals(List.of("run again"), sleeper.told);
    }

    @Test
    void aRequestThatLookedAfterTheLastWakeUpSleeps() {
        asleep(false);
        queue.wakeUp();
        NotingRequest next = new NotingRequest();
        assertTrue(sleep(next, false, gate.wakeClock()), "it would run again and again");
        assertEquals(1, queue.sleepers());
    }

    @Test
    void nobodyJoinsAfterTheFlag() {
        asleep(false);
        gate.beginRemoval();
        NotingRequest late = asleep(false);
        assertEquals(List.of("removed with " + -Errno.ENODEV.number()), late.told);
        assertEquals(0, queue.sleepers(), "nobody will ever wake it");
    }

    @Test
    void nobodyJoinsANewQueueAfterTheFlag() {
        gate.beginRemoval();
        NotingRequest late = asleep(false);
        assertEquals(List.of("removed with " + -Errno.ENODEV.number()), late.told);
        assertEquals(List.of(), gate.queues().all(), "the queue keeps a device that is gone");
    }

    /** A sleeper that has come as far as the lock when the removal takes all others off. */
    @Test
    void theFlagIsReadUnderTheLock() throws Exception {
        asleep(false);
        Background<NotingRequest> late;
        synchronized (list()) {
            late = Background.start(() -> asleep(false));
            late.awaitWaitingFor(list());
            gate.beginRemoval();
        }
        assertEquals(
                List.of("removed with " + -Errno.ENODEV.number()),
                late.result().told,
                "it sleeps for ever");
    }

    @Test
    void sleepersLeaveInAnyOrder() {
        leaveInEachOrder(false);
    }

    @Test
    void exclusiveSleepersLeaveInAnyOrder() {
        leaveInEachOrder(true);
    }

    private void leaveInEachOrder(boolean exclusive) {
        for (int first = 0; first < 3; first++) {
            for (int second = 0; second < 3; second++) {
                List<NotingRequest> all = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    all.add(asleep(exclusive));
                }
                List<NotingRequest> gone = new ArrayList<>();
                for (int each : new int[] {first, second}) {
                    NotingRequest leaving = all.get(each);
                    assertEquals(!gone.contains(leaving), leaving.wake(), "taken back twice");
                    if (!gone.contains(leaving)) {
                        gone.add(leaving);
                    }
                }
                all.add(asleep(exclusive));
                assertEquals(4 - gone.size(), queue.sleepers());
                queue.wakeUpAll();
                for (NotingRequest each : all) {
                    assertEquals(
                            gone.contains(each) ? List.of() : List.of("run again"),
                            each.told,
                            "not woken, or though it had left");
                }
                assertEquals(0, queue.sleepers());
            }
        }
    }

    /** A request of a front that is tried, and sleeps again, on the thread that wakes it. */
    private final class Restless extends RequestSleeper {
        private final boolean alone;
        private int woken;

        Restless(boolean alone) {
            this.alone = alone;
        }

        @Override
        protected void runAgain() {
            woken++;
            if (woken < 100) {
                assertTrue(sleep(this, alone, Long.MAX_VALUE));
            }
        }

        @Override
        protected void removed(int answer) {
            throw new AssertionError("nobody removes the device");
        }
    }

    @Test
    void whoGoesBackToSleepIsNotWokenAgain() {
        Restless request = new Restless(false);
        assertTrue(sleep(request, false, Long.MAX_VALUE));
        queue.wakeUp();
        assertEquals(1, request.woken, "one wake-up goes on as long as the sleeper does");
        assertEquals(1, queue.sleepers());
    }

    @Test
    void anExclusiveOneThatGoesBackToSleepIsNotWokenAgain() {
        Restless request = new Restless(true);
        assertTrue(sleep(request, true, Long.MAX_VALUE));
        queue.wakeUpAll();
        assertEquals(1, request.woken, "one wake-up goes on as long as the sleeper does");
        assertEquals(1, queue.sleepers());
    }

    @Test
    void oneExclusiveSleeperOfAllGatesIsWoken() {
        FopsGate other = gateOf("second store");
        NotingRequest here = asleep(true);
        NotingRequest there = new NotingRequest();
        assertTrue(sleep(there, other.front().newFile(0, front), true, Long.MAX_VALUE));
        queue.wakeUp();
        assertEquals(1, here.told.size() + there.told.size(), "two run for one item");
        queue.wakeUp(1);
        assertEquals(2, here.told.size() + there.told.size(), "one sleeps with its item there");
    }

    @Test
    void aQueueForgetsTheGateThatIsGoneOnly() {
        FopsGate other = gateOf("second store");
        NotingRequest there = new NotingRequest();
        assertTrue(sleep(there, other.front().newFile(0, front), false, Long.MAX_VALUE));
        asleep(false);
        assertTrue(gate.unregisterSync());
        queue.wakeUp();
        assertEquals(List.of("run again"), there.told, "it was forgotten with another device");
    }

    @Test
    void everyRequestThatSleepsIsShown() {
        asleep(false);
        asleep(true);
        assertEquals(2, gate.callsInFlight().size());
    }

    /** A front's watcher that counts what it is told. */
    private static final class Counting extends PollWatcher {
        private int told;

        @Override
        protected void wakeUp() {
            told++;
        }
    }

    @Test
    void whoStopsPollingLeavesTheOthers() {
        for (int leaving = 0; leaving < 3; leaving++) {
            WaitQueue readable = new WaitQueue("readable");
            List<Counting> watchers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Counting watcher = new Counting();
                watchers.add(watcher);
                readable.watch(Sides.of(watcher), gate, Long.MAX_VALUE);
            }
            watchers.get(leaving).stop();
            readable.wakeUp();
            for (int i = 0; i < 3; i++) {
                assertEquals(i == leaving ? 0 : 1, watchers.get(i).told, "of " + leaving);
            }
        }
    }

    @Test
    void anInterruptThatWasAnsweredIsUsedUp() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        FopsGate sleepy =
                Reading.gate(
                        "sleepy",
                        (opened, call) -> {
                            call.await(queue, () -> false);
                            return 0;
                        });
        OpenFile opened = Answers.open(sleepy);
        Background<Boolean> reader =
                Background.start(
                        () -> {
                            try {
                                Answers.read(opened);
                            } catch (ErrnoException e) {
                                answered.set(e.errno());
                            }
                            return Thread.interrupted();
                        });
        reader.awaitWaitingFor(queue);
        reader.thread().interrupt();
        assertFalse(reader.result(), "the thread's next sleep would be interrupted too");
        assertEquals(Errno.EINTR.number(), answered.get());
        assertTrue(sleepy.unregisterSync());
    }
}
