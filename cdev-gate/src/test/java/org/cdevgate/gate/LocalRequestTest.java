package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.sides.RequestSide;
import org.cdevgate.internal.WaitsFor;
import org.junit.jupiter.api.Test;

/** A request that somebody has taken off its queue and not told yet, and what comes meanwhile. */
class LocalRequestTest {
    private final WaitQueue queue = new WaitQueue("item");
    private final FopsGate gate = FopsGate.of("store", new FileOperations() {});
    private final OpenFile file = gate.front().newFile(0, Answers.LOCAL);

    /** How a sleep ended. */
    private record Ended(boolean removed, boolean interrupted) {}

    private Background<Ended> sleeper(AtomicReference<LocalRequest> made, long deadline) {
        return Background.start(
                () -> {
                    LocalRequest request = new LocalRequest();
                    made.set(request);
                    boolean removed =
                            request.sleep(
                                    new BlockedRun(
                                            file,
                                            Verb.READ,
                                            queue,
                                            Long.MAX_VALUE,
                                            false,
                                            deadline),
                                    gate);
                    return new Ended(removed, Thread.interrupted());
                });
    }

    /** As a wake-up or the removal does before it tells. */
    private static void takenOff(LocalRequest request) {
        assertTrue(request.cancel(), "it was not asleep");
    }

    @Test
    void aSignalAfterTheWakeUpIsTheNextRunsToAnswer() throws Exception {
        AtomicReference<LocalRequest> request = new AtomicReference<>();
        Background<Ended> sleeper = sleeper(request, BlockedRun.NONE);
        Eventually.asleep(queue, 1);
        sleeper.awaitWaitingFor(queue);
        takenOff(request.get());
        sleeper.thread().interrupt();
        Eventually.until("the signal to be seen", () -> !sleeper.thread().isInterrupted());
        request.get().woken();
        assertEquals(
                new Ended(false, true),
                sleeper.result(),
                "the wake-up is lost with an EINTR, or the signal with the wake-up");
    }

    @Test
    void aSignalAfterTheRemovalIsKept() throws Exception {
        AtomicReference<LocalRequest> request = new AtomicReference<>();
        Background<Ended> sleeper = sleeper(request, BlockedRun.NONE);
        Eventually.asleep(queue, 1);
        sleeper.awaitWaitingFor(queue);
        takenOff(request.get());
        sleeper.thread().interrupt();
        Eventually.until("the signal to be seen", () -> !sleeper.thread().isInterrupted());
        request.get().removed(-Errno.ENODEV.number());
        assertEquals(new Ended(true, true), sleeper.result());
    }

    /** Its time is over, and who took it off has to tell it. */
    private boolean isParkedForGood(Background<?> sleeper) {
        return WaitsFor.thing(sleeper.thread(), queue)
                && sleeper.thread().getState() == Thread.State.WAITING;
    }

    /** The times of the attempts get longer, for a machine on which the first is over too soon. */
    @Test
    void aRemovalThatComesAsTheTimeEndsIsToldFirst() throws Exception {
        for (long millis = 20; ; millis *= 2) {
            AtomicReference<LocalRequest> request = new AtomicReference<>();
            long deadline = BlockedRun.deadlineAfter(millis, TimeUnit.MILLISECONDS);
            Background<Ended> sleeper = sleeper(request, deadline);
            Eventually.until(
                    "it to sleep, or its time to be over",
                    () -> queue.sleepers() == 1 || sleeper.isDone());
            if (request.get().cancel()) {
                Eventually.until(
                        "it to find its time over",
                        () ->
                                BlockedRun.left(deadline) <= 0
                                        && (sleeper.isDone() || isParkedForGood(sleeper)));
                assertFalse(sleeper.isDone(), "it ended before the removal had told it");
                request.get().removed(-Errno.ENODEV.number());
                assertEquals(new Ended(true, false), sleeper.result());
                return;
            }
            assertEquals(new Ended(false, false), sleeper.result());
        }
    }

    @Test
    void aTimerThatComesAfterTheWakeUpIsStopped() {
        NotingRequest request = new NotingRequest();
        Threadless.sleepOn(queue, gate, request, new ThreadlessCaller());
        queue.wakeUp();
        RequestSide side = Sides.of(request);
        side.timer(SleepTimer.start(side, BlockedRun.deadlineAfter(1, TimeUnit.HOURS)));
        assertFalse(side.isTimed(), "it stays in memory for an hour");
        assertEquals(List.of("run again"), request.told);
    }

    @Test
    void aTimerThatComesTooLateTellsNobody() throws Exception {
        NotingRequest request = new NotingRequest();
        Threadless.sleepOn(queue, gate, request, new ThreadlessCaller());
        assertTrue(request.wake());
        SleepTimer.start(Sides.of(request), BlockedRun.deadlineAfter(0, TimeUnit.NANOSECONDS))
                .get(Eventually.SECONDS, TimeUnit.SECONDS);
        assertEquals(List.of(), request.told, "it is answered, and then run again");
    }
}
