package org.cdevgate.gate;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.cdevgate.gate.Answers.LOCAL;
import static org.cdevgate.gate.Answers.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sleeps without a thread that are limited in time. */
class TimedSleepTest {
    private static final int TIMED_OUT = 7;
    private static final int DATA = 3;

    private final WaitQueue readable = new WaitQueue("readable");
    private final AtomicBoolean ready = new AtomicBoolean();
    private final ThreadlessCaller front = new ThreadlessCaller();
    private final List<Long> deadlines = Collections.synchronizedList(new ArrayList<>());
    private final List<FopsGate> gates = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        gates.forEach(FopsGate::unregisterSync);
        assertEquals(0, readable.sleepers());
        assertEquals(0, SleepTimer.pending(), "a timer runs for nobody");
    }

    private OpenFile open(Reading driver) throws ErrnoException {
        FopsGate gate = FopsGate.of("limited", driver);
        gates.add(gate);
        OpenFile file = Answers.open(gate);
        // The queue knows the gate from here on, so the first sleep is not run again at once.
        ThreadlessCaller first = new ThreadlessCaller();
        NotingRequest request = new NotingRequest();
        Threadless.sleepOn(readable, gate, request, first);
        assertTrue(request.wake());
        return file;
    }

    /** Gives up after so many milliseconds. */
    private OpenFile openLimited(long millis) throws ErrnoException {
        return open(
                (file, call) -> {
                    deadlines.add(call.frame.deadline);
                    if (ready.get()) {
                        return DATA;
                    }
                    return call.isTimedOut()
                            ? TIMED_OUT
                            : call.wouldBlock(readable, millis, MILLISECONDS);
                });
    }

    private NotingRequest asleep(OpenFile file) throws ErrnoException {
        assertEquals(Call.WOULD_BLOCK, read(file));
        NotingRequest request = new NotingRequest();
        assertTrue(file.gate().front().sleep(request, front));
        return request;
    }

    private int read(OpenFile file) throws ErrnoException {
        return Threadless.read(file, ByteBuffer.allocate(16), front);
    }

    private static void awaitRunAgain(NotingRequest request) {
        Eventually.until("the end of the time", () -> request.told.equals(List.of("run again")));
    }

    @Test
    void aLocalCallerIsAnsweredWhenTheTimeIsOver() throws Exception {
        for (long millis : new long[] {20, 0, -1}) {
            assertEquals(TIMED_OUT, Answers.read(openLimited(millis)));
        }
    }

    @Test
    void theRequestOfAFrontIsRunAgainWhenTheTimeIsOver() throws Exception {
        for (long millis : new long[] {20, 0, -1}) {
            OpenFile file = openLimited(millis);
            awaitRunAgain(asleep(file));
            assertEquals(TIMED_OUT, read(file));
        }
    }

    @Test
    void theTimeCountsFromTheFirstRun() throws Exception {
        OpenFile file = openLimited(HOURS.toMillis(1));
        for (int i = 0; i < 3; i++) {
            asleep(file);
            readable.wakeUp();
        }
        ready.set(true);
        assertEquals(DATA, read(file));
        assertEquals(BlockedRun.NONE, deadlines.get(0));
        long first = deadlines.get(1);
        assertTrue(BlockedRun.left(first) > 0);
        assertEquals(List.of(BlockedRun.NONE, first, first, first), deadlines);
    }

    @Test
    void theTimeOfALocalCallerCountsFromTheFirstRunToo() throws Exception {
        OpenFile file = openLimited(HOURS.toMillis(1));
        Background<Integer> reader = Background.start(() -> Answers.read(file));
        for (int runs = 1; runs <= 3; runs++) {
            int expected = runs;
            Eventually.until(
                    "run " + runs, () -> deadlines.size() == expected && readable.sleepers() == 1);
            ready.set(runs == 3);
            readable.wakeUp();
        }
        assertEquals(DATA, reader.result());
        long first = deadlines.get(1);
        assertEquals(List.of(BlockedRun.NONE, first, first, first), deadlines);
    }

    @Test
    void whoIsWokenTakenBackOrRemovedLeavesNoTimerBehind() throws Exception {
        OpenFile file = openLimited(HOURS.toMillis(1));
        NotingRequest woken = asleep(file);
        assertEquals(1, SleepTimer.pending());
        readable.wakeUp();
        assertEquals(0, SleepTimer.pending());
        assertEquals(List.of("run again"), woken.told);

        NotingRequest takenBack = asleep(file);
        assertEquals(1, SleepTimer.pending());
        assertTrue(takenBack.wake());
        assertEquals(0, SleepTimer.pending());
        assertEquals(List.of(), takenBack.told);

        front.goesOn(null);
        NotingRequest removed = asleep(file);
        assertEquals(1, SleepTimer.pending());
        file.gate().unregisterSync();
        assertEquals(0, SleepTimer.pending());
        assertEquals(List.of("removed with -19"), removed.told);
    }

    @Test
    void aTimeThatWillNeverBeOverIsNone() throws Exception {
        OpenFile file = open((opened, call) -> call.wouldBlock(readable, Long.MAX_VALUE, DAYS));
        NotingRequest request = asleep(file);
        file.gate().unregisterSync();
        assertEquals(List.of("removed with -19"), request.told);
    }

    @Test
    void aRunThatAsksAgainAfterItsTimeGetsItAnew() throws Exception {
        OpenFile file =
                open(
                        (opened, call) -> {
                            deadlines.add(call.frame.deadline);
                            return call.isTimedOut() && deadlines.size() == 3
                                    ? TIMED_OUT
                                    : call.wouldBlock(readable, 5, MILLISECONDS);
                        });
        awaitRunAgain(asleep(file));
        awaitRunAgain(asleep(file));
        assertEquals(TIMED_OUT, read(file));
        assertTrue(deadlines.get(2) - deadlines.get(1) >= MILLISECONDS.toNanos(5));
    }

    /** Sleeps for a time first, and then until it is woken. */
    private OpenFile openLimitedOnce(boolean exclusive) throws ErrnoException {
        return open(
                (file, call) -> {
                    deadlines.add(call.frame.deadline);
                    if (ready.get()) {
                        return DATA;
                    }
                    if (!call.isTimedOut()) {
                        return exclusive
                                ? call.wouldBlockExclusive(readable, 1, MILLISECONDS)
                                : call.wouldBlock(readable, 1, MILLISECONDS);
                    }
                    return exclusive
                            ? call.wouldBlockExclusive(readable)
                            : call.wouldBlock(readable);
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSleepWithoutALimitAfterALimitedOneLastsUntilAWakeUp(boolean exclusive) throws Exception {
        OpenFile file = openLimitedOnce(exclusive);
        awaitRunAgain(asleep(file));
        NotingRequest unlimited = asleep(file);
        BlockedRun run = BlockedRun.lastOf(Sides.of(unlimited));
        assertFalse(run.isTimed(), "the limit of the sleep before counts");
        assertEquals(List.of(), unlimited.told);
        ready.set(true);
        readable.wakeUp();
        assertEquals(List.of("run again"), unlimited.told);
        assertEquals(DATA, read(file));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLocalCallerSleepsWithoutALimitAfterALimitedOneToo(boolean exclusive) throws Exception {
        OpenFile file = openLimitedOnce(exclusive);
        Background<Integer> reader = Background.start(() -> Answers.read(file));
        Eventually.until(
                "the second sleep", () -> deadlines.size() >= 2 && readable.sleepers() == 1);
        ready.set(true);
        readable.wakeUp();
        assertEquals(DATA, reader.result());
        assertEquals(3, deadlines.size(), "the verb was run again with nobody waking it");
        assertEquals(BlockedRun.NONE, deadlines.get(2));
    }

    @Test
    void anotherRequestOfTheSameCallerHasATimeOfItsOwn() throws Exception {
        OpenFile file = openLimited(1);
        NotingRequest first = asleep(file);
        awaitRunAgain(first);

        front.goesOn(null);
        NotingRequest second = asleep(file);
        awaitRunAgain(second);

        front.goesOn(first);
        assertEquals(TIMED_OUT, read(file));
        front.goesOn(second);
        assertEquals(TIMED_OUT, read(file));
        assertEquals(2, deadlines.stream().filter(each -> each == BlockedRun.NONE).count());
    }

    @Test
    void anAnswerEndsTheTime() throws Exception {
        OpenFile file = openLimited(HOURS.toMillis(1));
        asleep(file);
        ready.set(true);
        readable.wakeUp();
        assertEquals(DATA, read(file));
        assertEquals(DATA, read(file));
        assertEquals(BlockedRun.NONE, deadlines.get(2), "the next read goes on from the last");
    }

    @Test
    void anotherVerbOfTheRequestHasATimeOfItsOwn() throws Exception {
        List<Boolean> timedOut = new ArrayList<>();
        FopsGate mapped =
                FopsGate.of(
                        "mapped",
                        new FileOperations() {
                            @Override
                            public int mmap(OpenFile file, long offset, long length, Call call) {
                                return call.isTimedOut()
                                        ? 0
                                        : call.wouldBlock(readable, 1, MILLISECONDS);
                            }

                            @Override
                            public int read(
                                    OpenFile file, ByteBuffer dst, long position, Call call) {
                                timedOut.add(call.isTimedOut());
                                return DATA;
                            }
                        });
        gates.add(mapped);
        OpenFile file = Answers.open(mapped);
        assertEquals(Call.WOULD_BLOCK, mapped.front().mmap(file, 0, 4096, front));
        NotingRequest page = new NotingRequest();
        if (mapped.front().sleep(page, front)) {
            awaitRunAgain(page);
        }
        front.goesOn(page);
        assertEquals(DATA, read(file));
        assertEquals(List.of(false), timedOut);
    }

    @Test
    void anInterruptOrTheRemovalComesBeforeTheEndOfTheTime() throws Exception {
        OpenFile file = openLimited(HOURS.toMillis(1));
        Background<Integer> interrupted = Background.start(() -> Answers.read(file));
        Eventually.asleep(readable, 1);
        interrupted.thread().interrupt();
        assertErrno(Errno.EINTR, interrupted.failure(), "no EINTR");

        Background<Integer> removed = Background.start(() -> Answers.read(file));
        Eventually.asleep(readable, 1);
        file.gate().unregisterSync();
        assertErrno(Errno.ENODEV, removed.failure(), "sleeps on a removed device");
    }

    /**
     * The end of the time takes the queue's lock, and waiting for a lock uses up an unpark that was
     * meant for the sleep.
     */
    @Test
    void aWakeUpAtTheEndOfTheTimeIsNotUsedUpByTheLock() throws Exception {
        OpenFile file =
                open(
                        (opened, call) ->
                                call.isTimedOut()
                                        ? TIMED_OUT
                                        : call.wouldBlock(readable, 20, MICROSECONDS));
        AtomicBoolean over = new AtomicBoolean();
        List<Background<Integer>> others = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            others.add(
                    Background.start(
                            () -> {
                                int wakeUps = 0;
                                for (; !over.get(); wakeUps++) {
                                    readable.wakeUp();
                                }
                                return wakeUps;
                            }));
        }
        Background<Integer> reader =
                Background.start(
                        () -> {
                            int timedOut = 0;
                            long end = System.nanoTime() + SECONDS.toNanos(1);
                            while (System.nanoTime() - end < 0) {
                                assertEquals(TIMED_OUT, Answers.read(file));
                                timedOut++;
                            }
                            return timedOut;
                        });
        try {
            assertTrue(reader.result() > 0);
        } finally {
            over.set(true);
        }
        for (Background<Integer> other : others) {
            assertTrue(other.result() > 0);
        }
    }

    @Test
    void anExclusiveSleepIsLimitedToo() throws Exception {
        OpenFile file =
                open(
                        (opened, call) -> {
                            if (ready.compareAndSet(true, false)) {
                                return DATA;
                            }
                            return call.isTimedOut()
                                    ? TIMED_OUT
                                    : call.wouldBlockExclusive(readable, 1, SECONDS);
                        });
        NotingRequest oldest = asleep(file);
        ThreadlessCaller other = new ThreadlessCaller();
        assertEquals(Call.WOULD_BLOCK, Threadless.read(file, ByteBuffer.allocate(16), other));
        NotingRequest next = new NotingRequest();
        assertTrue(file.gate().front().sleep(next, other));
        ready.set(true);
        readable.wakeUp();
        assertEquals(List.of("run again"), oldest.told);
        assertEquals(DATA, read(file));
        awaitRunAgain(next);
        assertEquals(TIMED_OUT, Threadless.read(file, ByteBuffer.allocate(16), other));
    }

    @Test
    void theFirstRunIsNeverTimedOut() throws Exception {
        List<Boolean> timedOut = new ArrayList<>();
        OpenFile file =
                open(
                        (opened, call) -> {
                            timedOut.add(call.isTimedOut());
                            return 0;
                        });
        file.gate().front().read(file, ByteBuffer.allocate(1), 0, LOCAL);
        assertFalse(timedOut.get(0));
    }
}
