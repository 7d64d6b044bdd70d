package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.cdevgate.gate.Answers.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first way to sleep: {@link Call#await} parks the thread of the call. */
class AwaitTest {
    private final WaitQueue readable = new WaitQueue("readable");
    private final AtomicBoolean ready = new AtomicBoolean();
    private final AtomicInteger looks = new AtomicInteger();

    /** Reads 1 once it is ready, 2 if the time is over first. */
    private FopsGate gate(long timeout, TimeUnit unit) {
        return FopsGate.of(
                "keypad",
                new FileOperations() {
                    @Override
                    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                            throws ErrnoException {
                        return call.await(readable, AwaitTest.this::look, timeout, unit) ? 1 : 2;
                    }
                });
    }

    private boolean look() {
        looks.incrementAndGet();
        return ready.get();
    }

    private final FopsGate forever = gate(Long.MAX_VALUE, TimeUnit.NANOSECONDS);

    @AfterEach
    void nobodySleepsHereAnyMore() {
        forever.unregisterSync();
        assertEquals(0, readable.sleepers(), "a call that ended still stands on the queue");
    }

    @Test
    void aSleeperWakesWhenItsConditionHolds() throws Exception {
        Background<Integer> reader = Answers.startReading(forever);
        Eventually.asleep(readable, 1);
        reader.awaitWaitingFor(readable);
        ready.set(true);
        readable.wakeUp();
        assertEquals(1, reader.result());
    }

    @Test
    void aWakeUpWithoutTheConditionIsNoResult() throws Exception {
        Background<Integer> reader = Answers.startReading(forever);
        Eventually.asleep(readable, 1);
        reader.awaitWaitingFor(readable);
        int before = looks.get();
        readable.wakeUp();
        Eventually.until("the sleeper to look again", () -> looks.get() > before);
        Eventually.asleep(readable, 1);
        assertFalse(reader.isDone(), "a spurious wake-up looks like data");
        ready.set(true);
        readable.wakeUp();
        assertEquals(1, reader.result());
    }

    @Test
    void oneWakeUpWakesEverySleeper() throws Exception {
        OpenFile file = Answers.open(forever);
        List<Background<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            readers.add(Background.start(() -> Answers.read(file)));
        }
        Eventually.asleep(readable, readers.size());
        ready.set(true);
        readable.wakeUp();
        for (Background<Integer> reader : readers) {
            assertEquals(1, reader.result());
        }
    }

    @Test
    void whatIsReadyDoesNotSleep() throws Exception {
        ready.set(true);
        assertEquals(1, Answers.read(Answers.open(forever)));
        assertEquals(1, Answers.read(Answers.openNonBlocking(forever)));
        assertEquals(2, looks.get(), "one look is enough");
    }

    @Test
    void anInterruptIsEintr() throws Exception {
        OpenFile file = Answers.open(forever);
        Background<Integer> reader =
                Background.start(
                        () -> {
                            try {
                                return Answers.read(file);
                            } finally {
                                assertFalse(
                                        Thread.currentThread().isInterrupted(),
                                        "the signal was answered and must not end the next call");
                            }
                        });
        Eventually.asleep(readable, 1);
        reader.thread().interrupt();
        assertErrno(Errno.EINTR, reader.failure(), "ctrl-C does not end the program's read");
    }

    @Test
    void anInterruptBeforeTheSleepIsEintrToo() throws Exception {
        OpenFile file = Answers.open(forever);
        Thread.currentThread().interrupt();
        assertErrno(Errno.EINTR, () -> Answers.read(file), "the signal is lost");
        assertFalse(Thread.interrupted());
    }

    @Test
    void theRemovalWakesWithEnodev() throws Exception {
        OpenFile file = Answers.open(forever);
        List<Background<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            readers.add(Background.start(() -> Answers.read(file)));
        }
        Eventually.asleep(readable, 5);
        Background<Boolean> removal = Background.start(forever::unregisterSync);
        for (Background<Integer> reader : readers) {
            assertErrno(Errno.ENODEV, reader.failure(), "the reader does not learn of the unplug");
        }
        assertTrue(removal.result());
    }

    @Test
    void whoGoesToSleepAfterTheWakeUpsOfTheRemovalGetsEnodev() throws Exception {
        Checkpoint beforeSleep = new Checkpoint();
        FopsGate gate =
                Reading.gate(
                        "slow",
                        (file, call) -> {
                            beforeSleep.pass();
                            call.await(readable, () -> false);
                            return 0;
                        });
        Background<Integer> reader = Answers.startReading(gate);
        beforeSleep.awaitReached();
        gate.beginRemoval(); // all wake-ups are done when this returns
        beforeSleep.letGo();
        assertErrno(Errno.ENODEV, reader.failure(), "the sleeper never wakes, nor the remover");
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void aNonBlockingFileAnswersEagain() throws Exception {
        OpenFile file = Answers.openNonBlocking(forever);
        assertErrno(Errno.EAGAIN, () -> Answers.read(file), "O_NONBLOCK sleeps");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void noTimeLooksOnce(long timeout) throws Exception {
        FopsGate gate = gate(timeout, TimeUnit.NANOSECONDS);
        Background<Integer> reader = Answers.startReading(gate);
        assertEquals(2, reader.result(), "a time of " + timeout + " waited");
        assertEquals(0, readable.sleepers(), "a call that has ended sleeps on");
        gate.unregisterSync();
    }

    @Test
    void theTimeoutEndsTheSleep() throws Exception {
        FopsGate gate = gate(5, TimeUnit.MILLISECONDS);
        OpenFile file = Answers.open(gate);
        long start = System.nanoTime();
        assertEquals(2, Answers.read(file));
        assertTrue(
                System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(5),
                "the time was not over yet");
        gate.unregisterSync();
    }

    @Test
    void aLongTimeIsNotOverAtOnce() throws Exception {
        FopsGate gate = gate(Long.MAX_VALUE - 1, TimeUnit.NANOSECONDS);
        Background<Integer> reader = Answers.startReading(gate);
        Eventually.asleep(readable, 1);
        ready.set(true);
        readable.wakeUp();
        assertEquals(1, reader.result());
        gate.unregisterSync();
    }

    @Test
    void aFrontHearsOnceThatItsThreadGoesToSleep() throws Exception {
        AtomicInteger parks = new AtomicInteger();
        Caller caller =
                new Caller() {
                    @Override
                    public int tid() {
                        return 6;
                    }

                    @Override
                    public int pid() {
                        return 7;
                    }

                    @Override
                    public int uid() {
                        return 8;
                    }

                    @Override
                    public int gid() {
                        return 9;
                    }

                    @Override
                    protected void beforePark() {
                        parks.incrementAndGet();
                    }
                };
        OpenFile file = Answers.open(forever);
        Background<Integer> reader =
                Background.start(
                        () -> forever.front().read(file, ByteBuffer.allocate(1), 0, caller));
        Eventually.asleep(readable, 1);
        reader.awaitWaitingFor(readable);
        int before = looks.get();
        readable.wakeUp();
        Eventually.until("the sleeper to look again", () -> looks.get() > before);
        ready.set(true);
        readable.wakeUp();
        reader.result();
        assertEquals(1, parks.get(), "the reader role would be handed over twice, or never");
        assertEquals(1, forever.front().read(file, ByteBuffer.allocate(1), 0, caller));
        assertEquals(1, parks.get(), "a call that does not sleep costs a hand-over");
    }

    @Test
    void theReportSaysWhatACallSleepsOn() throws Exception {
        OpenFile file = Answers.open(forever);
        Background<Integer> reader = Background.start(() -> Answers.read(file));
        Eventually.asleep(readable, 1);
        CallInFlight call = forever.callsInFlight().get(0);
        assertEquals(Verb.READ, call.verb());
        assertEquals(file.pid(), call.pid());
        assertEquals(reader.thread(), call.thread());
        assertEquals(readable.name(), call.waitingOn());
        assertFalse(call.isThreadless());
        assertEquals(
                "read of keypad by pid "
                        + LOCAL.pid()
                        + " (java), thread test-background, asleep on readable",
                call.toString());
        ready.set(true);
        readable.wakeUp();
        reader.result();
    }
}
