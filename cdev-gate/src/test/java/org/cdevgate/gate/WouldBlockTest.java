package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.cdevgate.gate.Answers.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;

/** The second way to sleep: the verb says that it would block, and is run again. */
class WouldBlockTest {
    private final WaitQueue readable = new WaitQueue("readable");
    private final AtomicBoolean ready = new AtomicBoolean();
    private final AtomicInteger runs = new AtomicInteger();

    private final FileOperations driver =
            new FileOperations() {
                @Override
                public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                    runs.incrementAndGet();
                    if (!ready.get()) {
                        dst.put((byte) 1); // a run that would block may leave the buffer anyhow
                        return call.wouldBlock(readable);
                    }
                    dst.putInt(4711);
                    return dst.remaining();
                }
            };
    private final FopsGate gate = FopsGate.of("fifo", driver);

    /** Sleeps on the queue are ordinary from here on, without the extra look of the first. */
    private void sleepOnce() throws Exception {
        OpenFile file = Answers.open(gate);
        Background<Integer> reader = Background.start(() -> Answers.read(file));
        Eventually.asleep(readable, 1);
        reader.thread().interrupt();
        assertErrno(Errno.EINTR, reader.failure(), "no EINTR");
        gate.front().close(file);
        runs.set(0);
    }

    @Test
    void theVerbIsRunAgainAfterAWakeUp() throws Exception {
        Background<Integer> reader = Answers.startReading(gate);
        Eventually.asleep(readable, 1);
        ready.set(true);
        readable.wakeUp();
        assertEquals(12, reader.result(), "the second run must see the whole buffer again");
        gate.unregisterSync();
    }

    @Test
    void aRequestThatSleepsIsNotInTheDriver() throws Exception {
        Background<Integer> reader = Answers.startReading(gate);
        Eventually.asleep(readable, 1);
        CallInFlight asleep = gate.callsInFlight().get(0);
        assertTrue(asleep.isThreadless(), "the removal would wait for it");
        assertEquals(Verb.READ, asleep.verb());
        assertEquals(readable.name(), asleep.waitingOn());
        assertEquals(
                "read of fifo by pid " + LOCAL.pid() + " (java), no thread, asleep on readable",
                asleep.toString());
        assertTrue(gate.unregisterSync());
        assertErrno(Errno.ENODEV, reader.failure(), "the reader does not learn of the unplug");
        assertEquals(0, readable.sleepers());
    }

    @Test
    void spuriousWakeUpsRunItAgainAndSleepAgain() throws Exception {
        sleepOnce();
        Background<Integer> reader = Answers.startReading(gate);
        for (int wakeUps = 1; wakeUps <= 3; wakeUps++) {
            int expected = wakeUps;
            Eventually.until(
                    "run " + wakeUps, () -> runs.get() == expected && readable.sleepers() == 1);
            readable.wakeUp();
        }
        ready.set(true);
        readable.wakeUp();
        assertEquals(12, reader.result());
        gate.unregisterSync();
    }

    @Test
    void aNonBlockingFileAnswersEagainAfterOneRun() throws Exception {
        OpenFile file = Answers.openNonBlocking(gate);
        assertErrno(Errno.EAGAIN, () -> Answers.read(file), "O_NONBLOCK sleeps");
        assertEquals(1, runs.get());
        gate.unregisterSync();
    }

    @Test
    void anInterruptIsEintr() throws Exception {
        Background<Integer> reader = Answers.startReading(gate);
        Eventually.asleep(readable, 1);
        reader.thread().interrupt();
        assertErrno(Errno.EINTR, reader.failure(), "ctrl-C does not end the program's read");
        assertEquals(0, readable.sleepers(), "the request of a dead program stays on the queue");
        gate.unregisterSync();
    }

    /** Wakes the queue inside its own first run, as data would that comes just after the look. */
    private FopsGate wakingItself() {
        return Reading.gate(
                "just too late",
                (file, call) -> {
                    if (runs.incrementAndGet() == 1) {
                        readable.wakeUp();
                        return call.wouldBlock(readable);
                    }
                    return 3;
                });
    }

    @Test
    void aWakeUpBetweenLookAndSleepIsNotLost() throws Exception {
        FopsGate waking = wakingItself();
        // The queue knows the gate already, so the extra look of a first sleep does not help.
        ThreadlessCaller front = new ThreadlessCaller();
        OpenFile file = Answers.open(waking);
        NotingRequest first = new NotingRequest();
        Threadless.sleepOn(readable, waking, first, front);
        assertTrue(first.wake());

        Background<Integer> reader = Background.start(() -> Answers.read(file));
        assertEquals(3, reader.result(), "the reader sleeps with its data there");
        assertEquals(2, runs.get());
        waking.unregisterSync();
    }

    @Test
    void aWakeUpBeforeTheFirstSleepOnAQueueIsNotLost() throws Exception {
        // Nobody has ever slept here: the queue does not even know the gate yet.
        FopsGate waking = wakingItself();
        Background<Integer> reader = Answers.startReading(waking);
        assertEquals(3, reader.result(), "the reader sleeps with its data there");
        waking.unregisterSync();
    }

    @Test
    void aFrontTakesTheRequestOverAndIsToldWhenToRunIt() throws Exception {
        sleepOnce();
        ThreadlessCaller front = new ThreadlessCaller();
        OpenFile file = Answers.open(gate);
        ByteBuffer data = ByteBuffer.allocate(16);
        assertEquals(Call.WOULD_BLOCK, Threadless.read(file, data, front));
        assertEquals(List.of(), gate.callsInFlight(), "the request is out of the gate");
        NotingRequest request = new NotingRequest();
        assertTrue(gate.front().sleep(request, front));
        assertEquals(1, readable.sleepers());
        ready.set(true);
        readable.wakeUp();
        assertEquals(List.of("run again"), request.told);
        assertFalse(request.wake(), "two owners would answer one request");
        data.clear();
        assertEquals(12, Threadless.read(file, data, front));
        gate.unregisterSync();
        assertEquals(List.of("run again"), request.told, "told twice");
    }

    @Test
    void onlyWhatWasHandedBackMaySleep() throws Exception {
        ready.set(true);
        ThreadlessCaller front = new ThreadlessCaller();
        OpenFile file = Answers.open(gate);
        NotingRequest request = new NotingRequest();
        assertThrows(IllegalStateException.class, () -> gate.front().sleep(request, front));
        assertEquals(12, Threadless.read(file, ByteBuffer.allocate(16), front));
        assertThrows(IllegalStateException.class, () -> gate.front().sleep(request, front));
        gate.unregisterSync();
    }

    @Test
    void aFrontIsToldToRunTheRequestAtOnceIfAWakeUpCameMeanwhile() throws Exception {
        sleepOnce();
        ThreadlessCaller front = new ThreadlessCaller();
        OpenFile file = Answers.open(gate);
        assertEquals(Call.WOULD_BLOCK, Threadless.read(file, ByteBuffer.allocate(16), front));
        ready.set(true);
        readable.wakeUp();
        NotingRequest request = new NotingRequest();
        assertFalse(
                gate.front().sleep(request, front), "the request would sleep with its data there");
        assertEquals(List.of(), request.told);
        gate.unregisterSync();
        assertEquals(List.of(), request.told, "a request that never slept was woken");
    }

    @Test
    void theRemovalTellsEachSleepingRequestOnce() throws Exception {
        ThreadlessCaller front = new ThreadlessCaller();
        Answers.open(gate);
        List<NotingRequest> requests = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            NotingRequest request = new NotingRequest();
            Threadless.sleepOn(readable, gate, request, front);
            requests.add(request);
        }
        assertTrue(requests.get(3).wake(), "a signal takes a request back");
        gate.beginRemoval();
        for (int i = 0; i < 10; i++) {
            assertEquals(i == 3 ? List.of() : List.of("removed with -19"), requests.get(i).told);
            assertFalse(requests.get(i).wake());
        }
        readable.wakeUp();
        NotingRequest late = new NotingRequest();
        Threadless.sleepOn(readable, gate, late, front);
        assertEquals(List.of("removed with -19"), late.told, "a request sleeps on a dead device");
        assertEquals(0, readable.sleepers());
        gate.awaitRemoval();
        assertEquals(1, late.told.size(), "answered twice");
        assertEquals(List.of("removed with -19"), requests.get(0).told);
    }

    @Test
    void anOpenMaySleepWithoutAThreadAndDieWithTheDevice() throws Exception {
        AtomicInteger destroyed = new AtomicInteger();
        FopsGate slowOpen =
                FopsGate.of(
                        "modem",
                        new FileOperations() {
                            @Override
                            public int open(OpenFile file, Call call) {
                                if (file.privateData(String.class) == null) {
                                    file.setPrivateData("line", d -> destroyed.incrementAndGet());
                                }
                                return ready.get() ? 0 : call.wouldBlock(readable);
                            }

                            @Override
                            public void release(OpenFile file, Call call) {
                                throw new AssertionError("release of a file that never opened");
                            }
                        });
        ThreadlessCaller front = new ThreadlessCaller();
        OpenFile file = slowOpen.front().newFile(OpenFlags.O_RDWR, front);
        assertEquals(Call.WOULD_BLOCK, slowOpen.front().open(file, front));
        assertThrows(
                IllegalArgumentException.class,
                () -> slowOpen.front().open(0, front),
                "this open cannot hand a request back");
        slowOpen.unregisterSync();
        assertEquals(1, destroyed.get(), "what a half-done open made is leaked");
        assertErrno(Errno.ENODEV, () -> slowOpen.front().open(file, front), "a dead device opens");
        slowOpen.front().close(file);
        assertEquals(1, destroyed.get());
    }

    @Test
    void aLocalOpenIsRunAgainAndThenIsOpen() throws Exception {
        FopsGate slowOpen =
                FopsGate.of(
                        "modem",
                        (Opening) (file, call) -> ready.get() ? 0 : call.wouldBlock(readable));
        Background<OpenFile> opener = Background.start(() -> Answers.open(slowOpen));
        Eventually.asleep(readable, 1);
        ready.set(true);
        readable.wakeUp();
        assertTrue(opener.result().isOpen());
        slowOpen.unregisterSync();
    }

    @Test
    void aVerbThatCannotSleepWithoutAThreadIsToldSo() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        FopsGate wrong =
                FopsGate.of(
                        "wrong",
                        new FileOperations() {
                            private void tryIt(Call call) {
                                IllegalStateException told =
                                        assertThrows(
                                                IllegalStateException.class,
                                                () -> call.wouldBlock(readable));
                                assertTrue(told.getMessage().contains(call.verb().toString()));
                                refused.incrementAndGet();
                            }

                            @Override
                            public void release(OpenFile file, Call call) {
                                tryIt(call);
                            }

                            @Override
                            public long llseek(OpenFile file, long offset, int whence, Call call) {
                                tryIt(call);
                                return 0;
                            }

                            @Override
                            public int poll(OpenFile file, Call call) {
                                tryIt(call);
                                return PollEvents.POLLIN;
                            }
                        });
        OpenFile file = Answers.open(wrong);
        wrong.front().llseek(file, 0, 0, LOCAL);
        assertEquals(PollEvents.POLLIN, wrong.front().poll(file, LOCAL, null));
        wrong.front().close(file);
        assertEquals(3, refused.get());
        wrong.unregisterSync();
    }

    @Test
    void everyOtherVerbMaySleepWithoutAThread() throws Exception {
        FopsGate slow =
                FopsGate.of(
                        "slow",
                        new FileOperations() {
                            private int answer(Call call) {
                                return ready.get() ? 0 : call.wouldBlock(readable);
                            }

                            @Override
                            public int flush(OpenFile file, Call call) {
                                return answer(call);
                            }

                            @Override
                            public int write(
                                    OpenFile file, ByteBuffer src, long position, Call call) {
                                return answer(call);
                            }

                            @Override
                            public int ioctl(
                                    OpenFile file,
                                    int command,
                                    long argument,
                                    ByteBuffer data,
                                    Call call) {
                                return answer(call);
                            }

                            @Override
                            public int mmap(OpenFile file, long offset, long length, Call call) {
                                return answer(call);
                            }

                            @Override
                            public int fsync(OpenFile file, boolean dataOnly, Call call) {
                                return answer(call);
                            }
                        });
        OpenFile file = Answers.open(slow);
        ByteBuffer data = ByteBuffer.allocate(8);
        List<Background<Integer>> calls =
                List.of(
                        Background.start(() -> slow.front().flush(file, LOCAL)),
                        Background.start(() -> slow.front().write(file, data, 0, LOCAL)),
                        Background.start(
                                () -> slow.front().ioctl(file, 0x5401, 0, data.duplicate(), LOCAL)),
                        Background.start(() -> slow.front().mmap(file, 0, 4096, LOCAL)),
                        Background.start(() -> slow.front().fsync(file, true, LOCAL)));
        Eventually.asleep(readable, calls.size());
        ready.set(true);
        readable.wakeUp();
        for (Background<Integer> call : calls) {
            assertEquals(0, call.result());
        }
        slow.unregisterSync();
    }

    @Test
    void theNumberAloneIsNoRequestToSleep() throws Exception {
        FopsGate bare = Reading.gate("bare", (file, call) -> Call.WOULD_BLOCK);
        OpenFile file = Answers.open(bare);
        assertErrno(Errno.EIO, () -> Answers.read(file), "nobody would ever wake this request");
        bare.unregisterSync();
    }
}
