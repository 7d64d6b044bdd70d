package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.doAnswer;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A caller whose request was answered may have ended, and another may have its thread id. */
@Timeout(60)
class CallerMemoryAccessTest {
    private static final int EINTR = Errno.EINTR.number();
    private static final long UNIQUE = 8;

    private final FakeKernel kernel = new FakeKernel();
    private final FuseSession session = new FuseSession(kernel.channel, "test", 2);

    private HeldRequest running(int tid) {
        // A thread that is never started can be interrupted without harm.
        HeldRequest request = new HeldRequest(session);
        request.begin(UNIQUE, tid, new Thread(() -> {}));
        session.inFlight().put(request);
        return request;
    }

    @Test
    void noAccessBeginsAfterTheRequestWasAnsweredForADyingProcess() {
        HeldRequest request = running(4711);
        request.answerFor(EINTR);
        assertEquals(List.of(-EINTR), kernel.answers(UNIQUE));
        assertFalse(request.beginAccess());
        ErrnoException refused =
                assertThrows(
                        ErrnoException.class,
                        () ->
                                new CallerMemory(session)
                                        .write(request, 4096, ByteBuffer.allocate(8)));
        assertEquals(Errno.ESRCH.number(), refused.errno());
    }

    @Test
    void requestIsNotAnsweredWhileItsCallersMemoryIsInUse() {
        HeldRequest request = running(4711);
        assertTrue(request.beginAccess());
        request.answerFor(EINTR);
        assertEquals(List.of(), kernel.answers(UNIQUE), "the caller could go under the access");
        request.accessing = false;
        assertFalse(request.beginAccess(), "a driver that copies for ever would keep it for ever");
        request.answerFor(EINTR);
        assertEquals(List.of(-EINTR), kernel.answers(UNIQUE));
        request.answerFor(EINTR);
        assertEquals(1, kernel.answers(UNIQUE).size());
    }

    @Test
    void endOfTheConnectionWaitsForTheAccessThatGoesOn() throws Exception {
        HeldRequest request = running(4711);
        assertTrue(request.beginAccess());
        AtomicBoolean closed = new AtomicBoolean();
        AtomicBoolean cutOff = new AtomicBoolean();
        doAnswer(
                        call -> {
                            closed.set(true);
                            if (request.isAccessing()) {
                                cutOff.set(true);
                            }
                            return null;
                        })
                .when(kernel.channel)
                .close();
        Thread closer = new Thread(() -> session.close(TimeUnit.SECONDS.toNanos(20)), "closer");
        closer.start();
        Within.limit("the close begins", session.memoryPolicy()::isEnded);
        request.accessing = false;
        closer.join(Within.LIMIT.toMillis());
        assertFalse(closer.isAlive());
        assertTrue(closed.get());
        assertFalse(cutOff.get(), "the caller could go under the access");
        ErrnoException refused =
                assertThrows(
                        ErrnoException.class,
                        () ->
                                new CallerMemory(session)
                                        .read(request, 4096, ByteBuffer.allocate(8)));
        assertEquals(Errno.ESRCH.number(), refused.errno());
    }

    @Test
    void callerThatTheKernelCannotNameIsRefusedWithTheRemedy() {
        HeldRequest request = running(0);
        ErrnoException refused =
                assertThrows(
                        ErrnoException.class,
                        () ->
                                new CallerMemory(session)
                                        .read(request, 4096, ByteBuffer.allocate(8)));
        assertEquals(Errno.EPERM.number(), refused.errno());
        assertTrue(refused.getMessage().contains("pid namespace"), refused.getMessage());
    }

    @Test
    void rangeThatWrapsAroundIsEfaultWithoutAskingTheKernel() {
        HeldRequest request = running(4711);
        CallerMemory memory = new CallerMemory(session);
        for (long address : new long[] {-1, -7}) {
            ErrnoException refused =
                    assertThrows(
                            ErrnoException.class,
                            () -> memory.read(request, address, ByteBuffer.allocate(8)));
            assertEquals(Errno.EFAULT.number(), refused.errno());
        }
    }
}
