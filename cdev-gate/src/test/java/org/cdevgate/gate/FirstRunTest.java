package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.cdevgate.gate.Answers.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.abi.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A verb knows whether its request has been here before. */
class FirstRunTest {
    private static final int DATA = 3;

    private final WaitQueue readable = new WaitQueue("readable");
    private final AtomicBoolean ready = new AtomicBoolean();
    private final List<Boolean> first = Collections.synchronizedList(new ArrayList<>());

    private final FopsGate gate =
            FopsGate.of(
                    "fifo",
                    new FileOperations() {
                        @Override
                        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                            first.add(call.isFirstRun());
                            return ready.get() ? DATA : call.wouldBlock(readable);
                        }

                        @Override
                        public int poll(OpenFile file, Call call) {
                            first.add(call.isFirstRun());
                            return 0;
                        }
                    });

    @AfterEach
    void remove() {
        gate.unregisterSync();
    }

    @Test
    void aRequestThatAWakeUpRunsAgainIsNotInItsFirstRun() throws Exception {
        OpenFile file = Answers.open(gate);
        ThreadlessCaller front = new ThreadlessCaller();
        assertEquals(Call.WOULD_BLOCK, Threadless.read(file, ByteBuffer.allocate(16), front));
        NotingRequest request = new NotingRequest();
        ready.set(true);
        if (gate.front().sleep(request, front)) {
            readable.wakeUp();
            front.goesOn(request);
        }
        assertEquals(DATA, Threadless.read(file, ByteBuffer.allocate(16), front));
        front.goesOn(null);
        assertEquals(DATA, Threadless.read(file, ByteBuffer.allocate(16), front));
        assertEquals(List.of(true, false, true), first);
    }

    @Test
    void aLocalCallerToo() throws Exception {
        OpenFile file = Answers.open(gate);
        Background<Integer> reader =
                Background.start(
                        () -> {
                            int result = Answers.read(file);
                            gate.front().poll(file, LOCAL, null); // in the same frame
                            return result;
                        });
        Eventually.asleep(readable, 1);
        ready.set(true);
        readable.wakeUp();
        assertEquals(DATA, reader.result());
        assertTrue(first.get(0));
        assertTrue(first.get(first.size() - 1), "a poll is taken for a run of the read");
        assertEquals(first.size() - 2, Collections.frequency(first, false));
    }

    @Test
    void afterASignalTheNextCallIsANewOne() throws Exception {
        OpenFile file = Answers.open(gate);
        Background<Integer> reader =
                Background.start(
                        () -> {
                            assertErrno(Errno.EINTR, () -> Answers.read(file), "no EINTR");
                            first.clear();
                            ready.set(true);
                            return Answers.read(file);
                        });
        Eventually.asleep(readable, 1);
        reader.thread().interrupt();
        assertEquals(DATA, reader.result());
        assertEquals(List.of(true), first);
    }
}
