package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.Test;

/** copy_from_user and copy_to_user of a driver reach the front that knows the caller. */
class CallerMemoryTest {
    private static final int COMMAND = IoctlCommand.io('M', 1);

    private interface Body {
        void run(Call call) throws ErrnoException;
    }

    /** A caller with 64 bytes of memory, at addresses from 0. */
    private static final class WithMemory extends ThreadlessCaller {
        private final byte[] memory = new byte[64];

        @Override
        protected boolean is32Bit() {
            return true;
        }

        @Override
        protected void copyFromUser(long address, ByteBuffer dst) throws ErrnoException {
            check(address, dst);
            dst.put(memory, (int) address, dst.remaining());
        }

        @Override
        protected void copyToUser(long address, ByteBuffer src) throws ErrnoException {
            check(address, src);
            src.get(memory, (int) address, src.remaining());
        }

        private void check(long address, ByteBuffer buffer) throws ErrnoException {
            if (address < 0 || address + buffer.remaining() > memory.length) {
                throw Errno.EFAULT.exception();
            }
        }
    }

    private final WithMemory caller = new WithMemory();
    private Body body = call -> {};
    private Call kept;
    private Throwable thrown;

    private final FopsGate gate =
            FopsGate.of(
                    "bus",
                    new FileOperations() {
                        @Override
                        public int ioctl(
                                OpenFile file,
                                int command,
                                long argument,
                                ByteBuffer data,
                                Call call)
                                throws ErrnoException {
                            run(call);
                            return 0;
                        }

                        @Override
                        public void release(OpenFile file, Call call) throws ErrnoException {
                            run(call);
                        }
                    });

    private void run(Call call) throws ErrnoException {
        kept = call;
        try {
            body.run(call);
        } catch (ErrnoException | RuntimeException e) {
            thrown = e;
            throw e;
        }
    }

    private int ioctl(OpenFile file, Caller by) throws ErrnoException {
        return gate.front().ioctl(file, COMMAND, 0, ByteBuffer.allocate(0), by);
    }

    @Test
    void copiesGoToTheFrontWithTheDriversBuffer() throws Exception {
        OpenFile file = Answers.open(gate);
        body =
                call -> {
                    ByteBuffer src = ByteBuffer.allocate(8).putInt(2, 0x01020304).position(2);
                    call.copyToUser(8, src.limit(6));
                    assertEquals(6, src.position());
                    ByteBuffer dst = ByteBuffer.allocateDirect(4);
                    call.copyFromUser(8, dst);
                    assertFalse(dst.hasRemaining());
                    assertEquals(0x01020304, dst.getInt(0));
                    call.copyToUser(12, dst.flip().asReadOnlyBuffer());
                    assertTrue(call.is32Bit());
                };
        assertEquals(0, ioctl(file, caller));
        assertEquals(1, caller.memory[12]);
    }

    @Test
    void badAddressIsTheCallersErrno() throws Exception {
        OpenFile file = Answers.open(gate);
        body = call -> call.copyFromUser(60, ByteBuffer.allocate(8));
        Answers.assertErrno(Errno.EFAULT, () -> ioctl(file, caller), "the caller is not told");
        body = call -> call.copyToUser(-1, ByteBuffer.allocate(8));
        Answers.assertErrno(Errno.EFAULT, () -> ioctl(file, caller), "the caller is not told");
    }

    /** The driver was written for a front that can; its author finds the remedy in the log. */
    @Test
    void callerWithoutMemoryOfItsOwnIsRefusedInTheLog() throws Exception {
        OpenFile file = Answers.open(gate);
        body = call -> call.copyFromUser(0, ByteBuffer.allocate(0));
        List<String> log =
                CapturedLog.during(
                        () ->
                                Answers.assertErrno(
                                        Errno.EIO,
                                        () -> ioctl(file, LOCAL),
                                        "a driver's error looks like a success"));
        assertEquals(1, CapturedLog.messages(log));
        assertTrue(String.join("\n", log).contains("overrides copyFromUser"), log::toString);
        body =
                call -> {
                    assertFalse(call.is32Bit());
                    call.copyToUser(0, ByteBuffer.allocate(8));
                };
        Answers.assertErrno(Errno.EIO, () -> ioctl(file, LOCAL), "");
        assertInstanceOf(UnsupportedOperationException.class, thrown);
    }

    @Test
    void releaseHasNoCallerWhoseMemoryItCouldUse() throws Exception {
        OpenFile file = Answers.open(gate);
        body =
                call -> {
                    assertFalse(call.is32Bit());
                    call.copyToUser(0, ByteBuffer.allocate(8));
                };
        gate.front().close(file);
        assertInstanceOf(UnsupportedOperationException.class, thrown);
        assertTrue(thrown.getMessage().contains("release"), thrown::getMessage);
    }

    @Test
    void readOnlyBufferIsRefusedBeforeAnythingIsCopied() throws Exception {
        OpenFile file = Answers.open(gate);
        body = call -> call.copyFromUser(0, ByteBuffer.allocate(0).asReadOnlyBuffer());
        Answers.assertErrno(Errno.EIO, () -> ioctl(file, caller), "");
        assertInstanceOf(ReadOnlyBufferException.class, thrown);
    }

    @Test
    void callIsGoodForCopiesOnlyInsideItsVerbAndOnItsThread() throws Exception {
        OpenFile file = Answers.open(gate);
        assertEquals(0, ioctl(file, caller));
        assertUnusable();
        Checkpoint checkpoint = new Checkpoint();
        body = call -> checkpoint.pass();
        Background<Integer> running = Background.start(() -> ioctl(file, caller));
        checkpoint.awaitReached();
        assertUnusable();
        checkpoint.letGo();
        assertEquals(0, running.result());
    }

    private void assertUnusable() {
        String otherwise = "it would use the memory of another call's caller";
        ByteBuffer buffer = ByteBuffer.allocate(8);
        assertThrows(IllegalStateException.class, () -> kept.copyFromUser(0, buffer), otherwise);
        assertThrows(IllegalStateException.class, () -> kept.copyToUser(0, buffer), otherwise);
    }
}
