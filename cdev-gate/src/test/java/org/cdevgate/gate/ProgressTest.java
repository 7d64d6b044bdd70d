package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.front.RequestSleeper;
import org.cdevgate.gate.removal.SelfRemoval;
import org.junit.jupiter.api.Test;

/** A write that takes all, however often it has to wait for room, and a plain sleep. */
class ProgressTest {
    private final WaitQueue space = new WaitQueue("space");
    private final AtomicInteger room = new AtomicInteger();
    private final List<Byte> sent = new ArrayList<>();

    /** A terminal: a write ends when all is sent. */
    private final FileOperations terminal =
            new FileOperations() {
                @Override
                public int write(OpenFile file, ByteBuffer src, long position, Call call) {
                    int done = call.progress();
                    while (done < src.limit() && room.getAndUpdate(r -> Math.max(0, r - 1)) > 0) {
                        sent.add(src.get(done++));
                    }
                    if (done == src.limit()) {
                        return done;
                    }
                    call.progress(done);
                    return call.wouldBlock(space);
                }
            };

    private final FopsGate gate = FopsGate.of("tty", terminal);

    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    private static Background<Integer> startWriting(FopsGate to, OpenFile file, int... values) {
        return Background.start(() -> to.front().write(file, bytes(values), 0, Answers.LOCAL));
    }

    private void sleepInWrite(
            OpenFile file, ByteBuffer src, RequestSleeper asleep, ThreadlessCaller front)
            throws ErrnoException {
        do {
            assertEquals(Call.WOULD_BLOCK, gate.front().write(file, src.clear(), 0, front));
        } while (!gate.front().sleep(asleep, front)); // a new queue counts as woken
    }

    private static void awaitLongSleep(FopsGate in) {
        Eventually.until(
                "the long sleep",
                () -> in.callsInFlight().stream().anyMatch(each -> each.waitingOn() != null));
    }

    @Test
    void nothingIsSentTwiceByACallerThatParks() throws Exception {
        OpenFile file = Answers.open(gate);
        Background<Integer> writer = startWriting(gate, file, 1, 2, 3, 4);
        for (int i = 0; i < 3; i++) {
            Eventually.asleep(space, 1);
            room.incrementAndGet();
            space.wakeUp();
            int soFar = i + 1;
            Eventually.until("a byte to be sent", () -> room.get() == 0 && soFar > 0);
        }
        room.addAndGet(10);
        space.wakeUp();
        assertEquals(4, writer.result());
        assertEquals(List.of((byte) 1, (byte) 2, (byte) 3, (byte) 4), sent);
        room.set(0);
        assertEquals(
                0, gate.front().write(file, bytes(), 0, Answers.LOCAL), "the next begins anew");
        assertTrue(gate.unregisterSync());
    }

    @Test
    void nothingIsSentTwiceByARequestWithoutAThread() throws Exception {
        ThreadlessCaller front = new ThreadlessCaller();
        OpenFile file = gate.front().newFile(1, front);
        gate.front().open(file, front);
        room.set(2);
        ByteBuffer src = bytes(1, 2, 3);
        RequestSleeper asleep = new NotingRequest();
        sleepInWrite(file, src, asleep, front);
        room.set(5);
        space.wakeUp();
        ThreadlessCaller next = new ThreadlessCaller();
        next.goesOn(asleep); // a front's object for the run after the wake-up
        assertEquals(3, gate.front().write(file, src.clear(), 0, next));
        assertEquals(List.of((byte) 1, (byte) 2, (byte) 3), sent);
        assertTrue(gate.unregisterSync());
    }

    @Test
    void theRemovalAnswersWithTheShortWrite() throws Exception {
        OpenFile file = Answers.open(gate);
        room.set(2);
        Background<Integer> writer = startWriting(gate, file, 1, 2, 3);
        ThreadlessCaller front = new ThreadlessCaller();
        OpenFile other = gate.front().newFile(1, front);
        gate.front().open(other, front);
        Eventually.asleep(space, 1);
        room.set(1);
        ByteBuffer src = bytes(4, 5);
        assertEquals(Call.WOULD_BLOCK, gate.front().write(other, src, 0, front));
        NotingRequest asleep = new NotingRequest(); // says READ, but what slept is the write's run
        assertTrue(gate.front().sleep(asleep, front));
        assertTrue(gate.unregisterSync());
        assertEquals(2, writer.result(), "bytes that were sent are called an error");
        assertEquals(List.of("removed with 1"), asleep.told);
    }

    @Test
    void aSignalAnswersWithTheShortWrite() throws Exception {
        OpenFile file = Answers.open(gate);
        room.set(2);
        Background<Integer> writer = startWriting(gate, file, 1, 2, 3);
        Eventually.asleep(space, 1);
        writer.thread().interrupt();
        assertEquals(2, writer.result(), "bytes that were sent are called an error");
        Background<Integer> nothingSent = startWriting(gate, file, 3);
        Eventually.asleep(space, 1);
        nothingSent.thread().interrupt();
        Answers.assertErrno(Errno.EINTR, nothingSent.failure(), "nothing was sent");
        assertTrue(gate.unregisterSync());
    }

    @Test
    void aFrontIsToldWhatASignalAnswers() throws Exception {
        ThreadlessCaller front = new ThreadlessCaller();
        OpenFile file = gate.front().newFile(1, front);
        gate.front().open(file, front);
        NotingRequest asleep = new NotingRequest();
        assertEquals(0, asleep.moved());
        room.set(2);
        ByteBuffer src = bytes(1, 2, 3);
        sleepInWrite(file, src, asleep, front);
        assertTrue(asleep.wake());
        assertEquals(2, asleep.moved());
        assertTrue(gate.unregisterSync());
    }

    @Test
    void aCallThatMustNotSleepIsAShortWrite() throws Exception {
        OpenFile file = Answers.openNonBlocking(gate);
        room.set(2);
        assertEquals(2, gate.front().write(file, bytes(1, 2, 3), 0, Answers.LOCAL));
        Answers.assertErrno(
                Errno.EAGAIN,
                () -> gate.front().write(file, bytes(3), 0, Answers.LOCAL),
                "nothing was sent");
        assertTrue(gate.unregisterSync());
    }

    /** The flag is set between the wake-up and the run for it. */
    @Test
    void aRemovalThatOvertakesAWakeUpAnswersWithTheShortWrite() throws Exception {
        ThreadlessCaller front = new ThreadlessCaller();
        OpenFile file = gate.front().newFile(1, front);
        gate.front().open(file, front);
        room.set(2);
        ByteBuffer src = bytes(1, 2, 3);
        NotingRequest asleep = new NotingRequest();
        sleepInWrite(file, src, asleep, front);
        space.wakeUp();
        assertTrue(gate.unregisterSync());
        ThreadlessCaller next = new ThreadlessCaller();
        next.goesOn(asleep);
        assertEquals(
                2, gate.front().write(file, src.clear(), 0, next), "bytes are called an error");
    }

    /** A driver whose second run sleeps in the other way, and lets its end through. */
    @Test
    void aSleepOfAThreadThatEndsAnswersWithTheShortWrite() throws Exception {
        FopsGate mixed =
                FopsGate.of(
                        "mixed",
                        new FileOperations() {
                            @Override
                            public int write(
                                    OpenFile file, ByteBuffer src, long position, Call call)
                                    throws ErrnoException {
                                call.progress(2);
                                call.await(space, () -> false);
                                return src.limit();
                            }
                        });
        OpenFile file = Answers.open(mixed);
        Background<Integer> interrupted = startWriting(mixed, file, 1, 2, 3);
        Eventually.asleep(space, 1);
        interrupted.thread().interrupt();
        assertEquals(2, interrupted.result());
        OpenFile other = Answers.openNonBlocking(mixed);
        assertEquals(2, mixed.front().write(other, bytes(1, 2, 3), 0, Answers.LOCAL));
        Background<Integer> removed = startWriting(mixed, file, 1, 2, 3);
        Eventually.asleep(space, 1);
        assertTrue(mixed.unregisterSync());
        assertEquals(2, removed.result());
    }

    @Test
    void aShortWriteMovesThePosition() throws Exception {
        FopsGate disk = FopsGate.builder("disk", terminal).seekable(() -> 100).build();
        OpenFile file = Answers.openNonBlocking(disk);
        room.set(2);
        assertEquals(2, disk.front().write(file, bytes(1, 2, 3), 10, Answers.LOCAL));
        assertEquals(12, file.position());
        assertTrue(disk.unregisterSync());
    }

    @Test
    void moreThanWasToBeWrittenIsTheDriversError() throws Exception {
        FopsGate wrong =
                FopsGate.of(
                        "wrong",
                        new FileOperations() {
                            @Override
                            public int write(
                                    OpenFile file, ByteBuffer src, long position, Call call) {
                                call.progress(src.limit() + 1);
                                return call.wouldBlock(space);
                            }
                        });
        OpenFile file = Answers.open(wrong);
        Answers.assertErrno(
                Errno.EIO,
                () -> wrong.front().write(file, bytes(1), 0, Answers.LOCAL),
                "a process is told of a byte that it did not write");
        assertTrue(wrong.unregisterSync());
    }

    /** What a run of read has put into its buffer is gone, so its number is no result. */
    @Test
    void theProgressOfAReadIsItsDriversOwn() throws Exception {
        FopsGate half =
                Reading.gate(
                        "half",
                        (file, call) -> {
                            call.progress(call.progress() + 1);
                            return call.wouldBlock(space);
                        });
        Background<Integer> reader = Background.start(() -> Answers.read(Answers.open(half)));
        Eventually.asleep(space, 1);
        assertTrue(half.unregisterSync());
        Answers.assertErrno(Errno.ENODEV, reader.failure(), "bytes that nobody has sent");
    }

    @Test
    void progressIsNoNegativeNumber() throws Exception {
        FopsGate wrong =
                Reading.gate(
                        "wrong",
                        (file, call) -> {
                            assertThrows(IllegalArgumentException.class, () -> call.progress(-1));
                            return 1;
                        });
        assertEquals(1, Answers.read(Answers.open(wrong)));
        assertTrue(wrong.unregisterSync());
    }

    @Test
    void aPlainSleepEndsAtItsTimeAndAtTheRemoval() throws Exception {
        FopsGate settling =
                Reading.gate(
                        "settling",
                        (file, call) -> {
                            call.sleepInterruptible(1, TimeUnit.NANOSECONDS);
                            call.sleepInterruptible(1, TimeUnit.DAYS);
                            return 1;
                        });
        OpenFile file = Answers.openNonBlocking(settling);
        Background<Integer> reader = Background.start(() -> Answers.read(file));
        awaitLongSleep(settling);
        assertTrue(settling.unregisterSync(), "a driver that waits for its hardware hangs");
        ErrnoException gone = (ErrnoException) reader.failure();
        Answers.assertErrno(Errno.ENODEV, gone, "slept on");
    }

    @Test
    void aPlainSleepCountsAsNoWakeUp() throws Exception {
        FopsGate settling =
                Reading.gate(
                        "settling",
                        (file, call) -> {
                            call.sleepInterruptible(1, TimeUnit.NANOSECONDS);
                            return 1;
                        });
        assertEquals(1, Answers.read(Answers.open(settling)));
        assertEquals(0, settling.counters().wakeUps(), "a queue is made and woken for each sleep");
        assertTrue(settling.unregisterSync());
    }

    /** The thread that removes acts for the call, which has nothing more to wait for. */
    @Test
    void aPlainSleepOfACallThatIsLeftOutEndsAtTheRemoval() throws Exception {
        AtomicLong ticket = new AtomicLong();
        FopsGate settling =
                Reading.gate(
                        "settling",
                        (file, call) -> {
                            ticket.set(call.ticketOfCall());
                            call.sleepInterruptible(1, TimeUnit.DAYS);
                            return 1;
                        });
        Background<Integer> reader = Answers.startReading(settling);
        awaitLongSleep(settling);
        assertTrue(settling.unregisterSync(SelfRemoval.LEAVE_OUT, ticket.get()));
        Answers.assertErrno(Errno.ENODEV, reader.failure(), "slept on");
    }

    /** A driver behind another one, whose call waits for its hardware to settle. */
    @Test
    void aPlainSleepInADeviceBehindEndsAtTheRemovalOfTheOneBefore() throws Exception {
        FopsGate behind =
                Reading.gate(
                        "behind",
                        (file, call) -> {
                            call.sleepInterruptible(1, TimeUnit.DAYS);
                            return 1;
                        });
        OpenFile file = Answers.open(behind);
        FopsGate before = Reading.gate("before", (own, call) -> Answers.read(file));
        Background<Integer> reader = Answers.startReading(before);
        awaitLongSleep(behind);
        assertTrue(before.unregisterSync(), "a call that waits for another's hardware hangs");
        Answers.assertErrno(Errno.ENODEV, reader.failure(), "slept on");
        assertTrue(behind.unregisterSync());
    }

    @Test
    void aPlainSleepEndsAtASignal() throws Exception {
        FopsGate settling =
                Reading.gate(
                        "settling",
                        (file, call) -> {
                            Thread.currentThread().interrupt();
                            call.sleepInterruptible(1, TimeUnit.DAYS);
                            return 1;
                        });
        OpenFile file = Answers.open(settling);
        Answers.assertErrno(
                Errno.EINTR,
                Background.start(() -> Answers.read(file)).failure(),
                "deaf to signals");
        assertTrue(settling.unregisterSync());
    }
}
