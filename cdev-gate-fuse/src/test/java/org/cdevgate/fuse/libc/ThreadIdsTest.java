package org.cdevgate.fuse.libc;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class ThreadIdsTest {
    private final int pid = Libc.CALLS.getpid();

    @Test
    void everyThreadIsInItsProcessAndInNoOther() throws Exception {
        FutureTask<Boolean> ofItself =
                new FutureTask<>(() -> ThreadIds.isIn(pid, Libc.CALLS.gettid()));
        FutureTask<Boolean> asAProcess =
                new FutureTask<>(() -> ThreadIds.isIn(Libc.CALLS.gettid(), Libc.CALLS.gettid()));
        Thread thread =
                new Thread(
                        () -> {
                            ofItself.run();
                            asAProcess.run();
                        });
        thread.start();
        thread.join();
        assertTrue(ofItself.get());
        assertFalse(asAProcess.get(), "a thread is no process");
        int tid = Libc.CALLS.gettid();
        assertTrue(ThreadIds.isIn(pid, tid));
        assertTrue(ThreadIds.isIn(1, 1), "init, whoever we are");
        assertFalse(ThreadIds.isIn(1, tid));
    }

    @Test
    void aProcessThatHasEndedHasNoThread() throws Exception {
        Process process = new ProcessBuilder("true").start();
        int ended = (int) process.pid();
        process.waitFor();
        assertFalse(ThreadIds.isIn(ended, ended));
        assertTrue(ThreadIds.isNone(ended));
    }

    /** Of others too, and of threads that are not their process's first: /proc may hide both. */
    @Test
    void aThreadThatRunsIsThere() throws Exception {
        FutureTask<Boolean> ofItself =
                new FutureTask<>(() -> ThreadIds.isNone(Libc.CALLS.gettid()));
        Thread thread = new Thread(ofItself);
        thread.start();
        thread.join();
        assertFalse(ofItself.get());
        assertFalse(ThreadIds.isNone(pid));
        assertFalse(ThreadIds.isNone(1), "init, whoever we are");
    }
}
