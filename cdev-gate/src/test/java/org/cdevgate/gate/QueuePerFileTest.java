package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.PollWatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A driver may make a wait queue for each open file: they go with their files. */
class QueuePerFileTest {
    private static final int OPENINGS = 2_000;
    private static final int FEW = 20;

    private static final class Watcher extends PollWatcher {
        @Override
        protected void wakeUp() {}
    }

    private static WaitQueue queueOf(OpenFile file) {
        return file.privateData(WaitQueue.class);
    }

    private final FopsGate gate =
            FopsGate.of(
                    "tap",
                    new FileOperations() {
                        @Override
                        public int open(OpenFile file, Call call) {
                            file.setPrivateData(new WaitQueue("of one file"));
                            return 0;
                        }

                        @Override
                        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                            return call.wouldBlock(queueOf(file));
                        }

                        @Override
                        public int ioctl(
                                OpenFile file,
                                int command,
                                long argument,
                                ByteBuffer data,
                                Call call)
                                throws ErrnoException {
                            call.await(queueOf(file), () -> false, command, TimeUnit.MILLISECONDS);
                            return 0;
                        }

                        @Override
                        public int poll(OpenFile file, Call call) {
                            call.pollWait(queueOf(file));
                            return 0;
                        }
                    });

    /** How a file came to sleep on its queue. */
    enum Use {
        WOULD_BLOCK {
            @Override
            void of(OpenFile file) throws ErrnoException {
                ThreadlessCaller front = new ThreadlessCaller();
                assertEquals(
                        Call.WOULD_BLOCK, Threadless.read(file, ByteBuffer.allocate(8), front));
                NotingRequest request = new NotingRequest();
                Threadless.sleepOn(queueOf(file), file.gate(), request, front);
                assertTrue(request.wake(), "a signal takes the request back");
            }
        },
        AWAIT {
            @Override
            void of(OpenFile file) throws ErrnoException {
                file.gate().front().ioctl(file, 0, 0, ByteBuffer.allocate(0), LOCAL);
            }
        },
        POLL {
            @Override
            void of(OpenFile file) {
                Watcher watcher = new Watcher();
                assertEquals(0, file.gate().front().poll(file, LOCAL, watcher));
                watcher.stop();
            }
        };

        abstract void of(OpenFile file) throws ErrnoException;
    }

    @ParameterizedTest
    @EnumSource
    void theQueuesOfClosedFilesDoNotStayInTheGate(Use use) throws Exception {
        for (int i = 0; i < OPENINGS; i++) {
            OpenFile file = Answers.open(gate);
            use.of(file);
            gate.front().close(file);
        }
        Eventually.until(
                "the queues of closed files to be forgotten",
                () -> {
                    System.gc();
                    return gate.queues().all().size() <= FEW;
                });
        assertEquals(List.of(), gate.callsInFlight());
        assertTrue(gate.unregisterSync());
    }

    /** Only the sleeper knows the queue any more, and the removal still finds the sleeper. */
    @Test
    void aSleeperKeepsItsQueueInTheGate() throws Exception {
        OpenFile file = Answers.open(gate);
        NotingRequest request = new NotingRequest();
        Threadless.sleepOn(new WaitQueue("let go"), file, request, new ThreadlessCaller());
        Background<Integer> parked =
                Background.start(
                        () ->
                                gate.front()
                                        .ioctl(
                                                Answers.open(gate),
                                                Integer.MAX_VALUE,
                                                0,
                                                ByteBuffer.allocate(0),
                                                LOCAL));
        Eventually.until(
                "a call to park",
                () -> gate.callsInFlight().stream().anyMatch(call -> isParked(call)));
        // Collected for certain once this one is, which is as unreachable as they would be.
        for (int i = 0; i < FEW * 2; i++) {
            OpenFile other = gate.front().open(OpenFlags.O_RDWR, LOCAL);
            Use.AWAIT.of(other);
            gate.front().close(other);
        }
        Eventually.until(
                "queues that nobody sleeps on to be forgotten",
                () -> {
                    System.gc();
                    return gate.queues().all().size() <= FEW;
                });
        Background<Boolean> removal = Background.start(gate::unregisterSync);
        assertTrue(removal.result(), "the removal waits for a sleeper that it does not know");
        assertEquals(List.of("removed with -19"), request.told, "a request sleeps for ever");
        Answers.assertErrno(Errno.ENODEV, parked.failure(), "a thread sleeps on a dead device");
    }

    private static boolean isParked(CallInFlight call) {
        return call.verb() == Verb.IOCTL && call.waitingOn() != null;
    }
}
