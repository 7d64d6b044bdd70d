package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.Seek;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.PollWatcher;
import org.junit.jupiter.api.Test;

/** A call finds nothing of an earlier one in its thread's frame. */
class FreeFrameTest {
    private final WaitQueue queue = new WaitQueue("data");

    /** The time of a read is over; what the thread calls next has asked for none. */
    @Test
    void noOtherVerbIsTimedOutForARead() throws Exception {
        List<String> timedOut = new ArrayList<>();
        FileOperations driver =
                new FileOperations() {
                    @Override
                    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                        return call.isTimedOut()
                                ? 1
                                : call.wouldBlock(queue, 0, TimeUnit.MILLISECONDS);
                    }

                    @Override
                    public int poll(OpenFile file, Call call) {
                        note(call);
                        return 0;
                    }

                    @Override
                    public long llseek(OpenFile file, long offset, int whence, Call call) {
                        note(call);
                        return 0;
                    }

                    @Override
                    public void release(OpenFile file, Call call) {
                        note(call);
                    }

                    private void note(Call call) {
                        if (call.isTimedOut()) {
                            timedOut.add(call.verb().toString());
                        }
                    }
                };
        FopsGate gate = FopsGate.builder("disk", driver).seekable(() -> 1).build();
        OpenFile file = Answers.open(gate);
        assertEquals(1, Answers.read(file));
        gate.front().poll(file, Answers.LOCAL, null);
        assertEquals(1, Answers.read(file));
        gate.front().llseek(file, 0, Seek.SEEK_DATA, Answers.LOCAL);
        assertEquals(1, Answers.read(file));
        gate.front().close(file);
        Answers.open(gate);
        assertEquals(1, Answers.read(Answers.open(gate)));
        assertTrue(gate.unregisterSync());
        assertEquals(List.of(), timedOut);
    }

    /** Its frame last served a gate whose wake clock is far ahead. */
    @Test
    void aWakeUpWhileLlseekLooksIsNotMissed() throws Exception {
        FopsGate busy = Reading.gate("busy", (file, call) -> call.wouldBlock(queue));
        List<String> told = new ArrayList<>();
        PollWatcher watcher =
                new PollWatcher() {
                    @Override
                    protected void wakeUp() {
                        told.add("ask again");
                    }
                };
        Caller caller =
                new ThreadlessCaller() {
                    @Override
                    protected PollWatcher pollWatcher() {
                        return watcher;
                    }
                };
        OpenFile readFile = busy.front().newFile(OpenFlags.O_RDONLY, caller);
        busy.front().open(readFile, caller);
        assertEquals(
                Call.WOULD_BLOCK, busy.front().read(readFile, ByteBuffer.allocate(1), 0, caller));
        busy.front().sleep(new NotingRequest(), caller);
        for (int i = 0; i < 100; i++) {
            queue.wakeUp();
        }
        WaitQueue holes = new WaitQueue("holes");
        FileOperations seeking =
                new FileOperations() {
                    @Override
                    public long llseek(OpenFile file, long offset, int whence, Call call)
                            throws ErrnoException {
                        holes.wakeUp(); // as it looks
                        call.await(holes, () -> false);
                        return 0;
                    }
                };
        FopsGate gate = FopsGate.builder("disk", seeking).seekable(() -> 1).build();
        OpenFile file = gate.front().newFile(OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, caller);
        gate.front().open(file, caller);
        assertEquals(
                Call.WOULD_BLOCK, busy.front().read(readFile, ByteBuffer.allocate(1), 0, caller));
        Answers.assertErrno(
                Errno.EAGAIN,
                () -> gate.front().llseek(file, 0, Seek.SEEK_DATA, caller),
                "it sleeps");
        assertEquals(List.of("ask again"), told, "a wake-up is missed, and a poller waits on");
        assertTrue(GateGroup.of(busy, gate).unregisterSync());
    }

    /** The check that runs with assertions on, wherever a frame becomes free. */
    @Test
    void whatIsLeftInAFreeFrameIsFoundByAnAssertion() throws Exception {
        FopsGate gate = FopsGate.of("disk", new FileOperations() {});
        long ticket = gate.enter();
        Frame frame = Frame.current();
        frame.add(CallFrame.TOLD);
        frame.published &= ~CallFrame.EXTRAS; // whoever clears the bit clears them all
        AssertionError found = assertThrows(AssertionError.class, () -> gate.exit(ticket));
        assertTrue(found.getMessage().contains("extras"), found::toString);
        assertNotNull(frame.leftBehind());
        frame.recover();
        assertTrue(gate.unregisterSync());
    }
}
