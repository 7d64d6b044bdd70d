package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.cdevgate.gate.Answers.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.stream.Stream;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.abi.Seek;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver's error costs its caller an errno, never the removal. */
class DriverFaultsTest {
    private Throwable thrown;
    private int result;

    private final FileOperations driver =
            new FileOperations() {
                private int answer() throws ErrnoException, IOException, InterruptedException {
                    if (thrown instanceof ErrnoException e) {
                        throw e;
                    } else if (thrown instanceof IOException e) {
                        throw e;
                    } else if (thrown instanceof InterruptedException e) {
                        throw e;
                    } else if (thrown instanceof RuntimeException e) {
                        throw e;
                    } else if (thrown instanceof Error e) {
                        throw e;
                    }
                    return result;
                }

                @Override
                public int open(OpenFile file, Call call)
                        throws ErrnoException, IOException, InterruptedException {
                    return answer();
                }

                @Override
                public int flush(OpenFile file, Call call)
                        throws ErrnoException, IOException, InterruptedException {
                    return answer();
                }

                @Override
                public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                        throws ErrnoException, IOException, InterruptedException {
                    return answer();
                }

                @Override
                public int write(OpenFile file, ByteBuffer src, long position, Call call)
                        throws ErrnoException, IOException, InterruptedException {
                    return answer();
                }

                @Override
                public long llseek(OpenFile file, long offset, int whence, Call call)
                        throws ErrnoException, IOException, InterruptedException {
                    return answer();
                }

                @Override
                public int ioctl(
                        OpenFile file, int command, long argument, ByteBuffer data, Call call)
                        throws ErrnoException, IOException, InterruptedException {
                    return answer();
                }

                @Override
                public int poll(OpenFile file, Call call)
                        throws ErrnoException, IOException, InterruptedException {
                    return answer();
                }

                @Override
                public int mmap(OpenFile file, long offset, long length, Call call)
                        throws ErrnoException, IOException, InterruptedException {
                    return answer();
                }

                @Override
                public int fsync(OpenFile file, boolean dataOnly, Call call)
                        throws ErrnoException, IOException, InterruptedException {
                    return answer();
                }
            };

    private final FopsGate gate = FopsGate.of("faulty", driver);
    private final ByteBuffer data = ByteBuffer.allocate(8);

    interface VerbOf {
        void call(DriverFaultsTest test, OpenFile file) throws ErrnoException;
    }

    record Named(String name, VerbOf verb) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Named> verbsThatAnswerAnErrno() {
        return Stream.of(
                new Named("open", (t, file) -> Answers.open(t.gate)),
                new Named("flush", (t, file) -> t.gate.front().flush(file, LOCAL)),
                new Named("read", (t, file) -> t.gate.front().read(file, t.data, 0, LOCAL)),
                new Named("write", (t, file) -> t.gate.front().write(file, t.data, 0, LOCAL)),
                new Named(
                        "llseek",
                        (t, file) -> t.gate.front().llseek(file, 0, Seek.SEEK_HOLE, LOCAL)),
                new Named(
                        "ioctl", (t, file) -> t.gate.front().ioctl(file, 0x5401, 0, t.data, LOCAL)),
                new Named("mmap", (t, file) -> t.gate.front().mmap(file, 0, 4096, LOCAL)),
                new Named("fsync", (t, file) -> t.gate.front().fsync(file, false, LOCAL)));
    }

    @AfterEach
    void everyFaultLeavesTheAccountingExact() throws Exception {
        assertEquals(List.of(), gate.callsInFlight(), "a failed call still counts as running");
        Background<Boolean> removal = Background.start(gate::unregisterSync);
        assertTrue(removal.result(), "the removal hangs after a driver's error");
    }

    @ParameterizedTest
    @MethodSource("verbsThatAnswerAnErrno")
    void anErrnoOfTheDriverReachesTheCaller(Named verb) throws Exception {
        OpenFile file = Answers.open(gate);
        thrown = Errno.EPROTO.exception();
        assertErrno(Errno.EPROTO, () -> verb.verb.call(this, file), "another errno");
        thrown = new ErrnoException(Errno.EOVERFLOW, "with a message");
        assertErrno(Errno.EOVERFLOW, () -> verb.verb.call(this, file), "another errno");
    }

    @ParameterizedTest
    @MethodSource("verbsThatAnswerAnErrno")
    void anyOtherExceptionIsEioAndLoggedOncePerKind(Named verb) throws Exception {
        OpenFile file = Answers.open(gate);
        List<Throwable> kinds =
                List.of(
                        new IOException("cable pulled"),
                        new NullPointerException("a bug"),
                        new StackOverflowError());
        List<String> log =
                CapturedLog.during(
                        () -> {
                            for (int again = 0; again < 3; again++) {
                                for (Throwable kind : kinds) {
                                    thrown = kind;
                                    assertErrno(
                                            Errno.EIO,
                                            () -> verb.verb.call(this, file),
                                            "a driver's bug looks like something else");
                                }
                            }
                        });
        assertEquals(
                3,
                CapturedLog.messages(log),
                () -> "a caller could fill the log, or a bug stays unseen: " + log);
        assertTrue(
                log.stream().anyMatch(line -> line.contains("cable pulled")),
                "the log does not say what happened");
        assertTrue(
                log.stream().anyMatch(line -> line.contains("\tat ")),
                "the log does not say where it happened");
    }

    @ParameterizedTest
    @MethodSource("verbsThatAnswerAnErrno")
    void enosysIsNeverAnswered(Named verb) throws Exception {
        OpenFile file = Answers.open(gate);
        thrown = Errno.ENOSYS.exception();
        assertErrno(
                verb.name.equals("ioctl") ? Errno.ENOTTY : Errno.EINVAL,
                () -> verb.verb.call(this, file),
                "one ENOSYS switches the verb off for every node of the connection");
    }

    @ParameterizedTest
    @MethodSource("verbsThatAnswerAnErrno")
    void anInterruptedDriverIsEintr(Named verb) throws Exception {
        OpenFile file = Answers.open(gate);
        for (Exception interrupted :
                List.of(new InterruptedException(), new ClosedByInterruptException())) {
            thrown = interrupted;
            List<String> log =
                    CapturedLog.during(
                            () ->
                                    assertErrno(
                                            Errno.EINTR,
                                            () -> verb.verb.call(this, file),
                                            "a signal looks like a broken device"));
            assertEquals(List.of(), log, "a signal is not the driver's error");
        }
    }

    @Test
    void anInterruptDuringTheRemovalIsEnodev() throws Exception {
        Checkpoint inside = new Checkpoint();
        FopsGate sleepy =
                Reading.gate(
                        "sleepy",
                        (file, call) -> {
                            inside.pass();
                            throw new InterruptedException("the hook interrupted its sleeper");
                        });
        Background<Integer> reader = Answers.startReading(sleepy);
        inside.awaitReached();
        sleepy.beginRemoval();
        inside.letGo();
        assertErrno(
                Errno.ENODEV,
                reader.failure(),
                "the program retries on EINTR instead of noticing the unplug");
        sleepy.awaitRemoval();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -5, -19, Integer.MIN_VALUE, 9, Integer.MAX_VALUE})
    void aResultOutOfRangeIsEio(int wrong) throws Exception {
        OpenFile file = Answers.open(gate);
        result = wrong;
        List<String> log =
                CapturedLog.during(
                        () -> {
                            for (int again = 0; again < 2; again++) {
                                assertErrno(
                                        Errno.EIO,
                                        () -> gate.front().read(file, data, 0, LOCAL),
                                        "read(2) would return " + wrong + " for a buffer of 8");
                            }
                            assertErrno(
                                    Errno.EIO,
                                    () -> gate.front().write(file, data, 0, LOCAL),
                                    "write(2) would return " + wrong + " for 8 bytes");
                            assertErrno(
                                    Errno.EIO,
                                    () -> gate.front().fsync(file, false, LOCAL),
                                    "fsync(2) would return " + wrong);
                            assertErrno(Errno.EIO, () -> Answers.open(gate), "open(2): " + wrong);
                            assertErrno(
                                    Errno.EIO,
                                    () -> gate.front().flush(file, LOCAL),
                                    "close(2) would return " + wrong);
                            assertErrno(
                                    Errno.EIO,
                                    () -> gate.front().mmap(file, 0, 4096, LOCAL),
                                    "mmap(2) would return " + wrong);
                        });
        assertEquals(6, CapturedLog.messages(log), () -> "each verb says it once: " + log);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -25, Integer.MIN_VALUE})
    void aNegativeIoctlResultOrPositionIsEio(int wrong) throws Exception {
        OpenFile file = Answers.open(gate);
        result = wrong;
        assertErrno(
                Errno.EIO,
                () -> gate.front().ioctl(file, 0x5401, 0, data, LOCAL),
                "ioctl(2) would return a number that is no errno");
        assertErrno(
                Errno.EIO,
                () -> gate.front().llseek(file, 0, Seek.SEEK_HOLE, LOCAL),
                "lseek(2) would return a position before the start");
    }

    @Test
    void aPollThatFailsIsAMaskNotAnErrno() throws Exception {
        OpenFile file = Answers.open(gate);
        for (Throwable kind :
                List.of(
                        Errno.ENOSYS.exception(),
                        Errno.EIO.exception(),
                        new IOException("cable pulled"),
                        new InterruptedException(),
                        new IllegalStateException("a bug"))) {
            thrown = kind;
            assertEquals(PollEvents.POLLERR, gate.front().poll(file, LOCAL, null), kind::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -5, Integer.MIN_VALUE, 0x10000})
    void aPollMaskThatIsNoMaskIsPollerr(int wrong) throws Exception {
        OpenFile file = Answers.open(gate);
        result = wrong;
        assertEquals(
                PollEvents.POLLERR,
                gate.front().poll(file, LOCAL, null),
                "a driver that returns -1 for an error looks ready for everything");
    }

    @Test
    void aSizeThatFailsIsEio() throws Exception {
        FopsGate broken =
                FopsGate.builder("broken", driver)
                        .seekable(
                                () -> {
                                    throw new IllegalStateException("no medium");
                                })
                        .build();
        assertErrno(Errno.EIO, broken.front()::size, "stat shows the driver's exception");
        FopsGate negative = FopsGate.builder("negative", driver).seekable(() -> -1).build();
        assertErrno(Errno.EIO, negative.front()::size, "stat shows a negative size");
        assertTrue(broken.unregisterSync() && negative.unregisterSync());
    }
}
