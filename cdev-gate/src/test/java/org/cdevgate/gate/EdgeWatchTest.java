package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.front.PollWatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who got EAGAIN and polls the file is told of the wake-up that would have ended the sleep. */
class EdgeWatchTest {
    private static final class CountingWatcher extends PollWatcher {
        final AtomicInteger wakeUps = new AtomicInteger();

        @Override
        protected void wakeUp() {
            wakeUps.incrementAndGet();
        }
    }

    private static final class PolledCaller extends ThreadlessCaller {
        PollWatcher watcher;

        @Override
        protected PollWatcher pollWatcher() {
            return watcher;
        }
    }

    /** A device that never has anything. */
    private final class Empty implements FileOperations {
        private final boolean parks;

        Empty(boolean parks) {
            this.parks = parks;
        }

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            WaitQueue queue = queues.get();
            afterLooking.run();
            if (parks) {
                call.await(queue, () -> false);
            }
            return call.wouldBlock(queue);
        }
    }

    private final WaitQueue readable = new WaitQueue("readable");
    private final CountingWatcher watcher = new CountingWatcher();
    private final PolledCaller caller = new PolledCaller();
    private Supplier<WaitQueue> queues = () -> readable;
    private Runnable afterLooking = () -> {};
    private FopsGate gate;
    private OpenFile file;

    private void open(boolean parks) throws ErrnoException {
        gate = FopsGate.of("empty", new Empty(parks));
        file = gate.front().newFile(OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, caller, 0);
        gate.front().open(file, caller);
    }

    private void expectAgain() {
        Answers.assertErrno(
                Errno.EAGAIN,
                () -> gate.front().read(file, ByteBuffer.allocateDirect(8), 0, caller),
                "a non-blocking read sleeps");
    }

    private int wakeUpsOf(Runnable step) {
        int before = watcher.wakeUps.get();
        step.run();
        return watcher.wakeUps.get() - before;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWakeUpAfterEagainIsToldUntilTheFileIsReleased(boolean parks) throws Exception {
        open(parks);
        caller.watcher = watcher;
        for (int i = 0; i < 100; i++) {
            expectAgain();
        }
        assertEquals(1, Sides.of(watcher).watches(), "each EAGAIN costs memory");
        assertEquals(1, wakeUpsOf(readable::wakeUp), "an edge-triggered client starves");
        assertEquals(1, wakeUpsOf(readable::wakeUp));
        watcher.stop();
        assertEquals(0, wakeUpsOf(readable::wakeUp), "a notification for a file that is gone");
        expectAgain();
        assertEquals(0, wakeUpsOf(readable::wakeUp), "a call on its way at the release");
        gate.unregisterSync();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWakeUpBetweenTheLookAndEagainIsTold(boolean parks) throws Exception {
        open(parks);
        caller.watcher = new CountingWatcher();
        expectAgain(); // the queue knows the gate from here on
        caller.watcher = watcher;
        afterLooking = readable::wakeUp;
        expectAgain();
        assertTrue(watcher.wakeUps.get() > 0, "an edge-triggered client starves");
        gate.unregisterSync();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileThatNobodyPollsWatchesNothing(boolean parks) throws Exception {
        open(parks);
        expectAgain();
        readable.wakeUp();
        assertEquals(0, Sides.of(watcher).watches());
        gate.unregisterSync();
    }

    /** A queue for each call is forgotten with the call, as the queue of a call that slept is. */
    @Test
    void aQueueThatTheDriverLetsGoOfIsForgotten() throws Exception {
        open(false);
        caller.watcher = watcher;
        queues = () -> new WaitQueue("of this call alone");
        int calls = 0;
        do {
            expectAgain();
            System.gc();
            assertTrue(++calls < 1000, "each of " + calls + " calls has left a watch");
        } while (Sides.of(watcher).watches() >= calls);
        gate.unregisterSync();
    }

    @Test
    void theRemovalIsToldToo() throws Exception {
        open(false);
        caller.watcher = watcher;
        expectAgain();
        assertTrue(wakeUpsOf(gate::beginRemoval) > 0, "an edge-triggered client sleeps on");
        gate.awaitRemoval();
    }
}
