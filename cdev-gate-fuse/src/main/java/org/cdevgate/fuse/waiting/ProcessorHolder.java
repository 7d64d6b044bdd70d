package org.cdevgate.fuse.waiting;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.fuse.libc.Libc;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a processor busy for a moment, by a thread of its own, so that the scheduler does not take
 * it for idle. The thread ends when it has not been needed for some seconds.
 *
 * <p>May be used by any thread.
 */
final class ProcessorHolder implements AutoCloseable {
    private static final long MAX_HOLD = TimeUnit.MICROSECONDS.toNanos(400);
    private static final long KEPT = TimeUnit.SECONDS.toNanos(5);
    private static final long START_PATIENCE = TimeUnit.MILLISECONDS.toNanos(20);

    // hold() sets `holding`, and the thread decides to end, under the lock: whichever is first, no
    // wish is left to a thread that ends. An unpark before the park makes that return at once, so
    // one that comes between the look at `holding` and the park is not lost either.
    private volatile int tid; // 0: there is no thread
    private volatile boolean holding;
    private volatile boolean closed;
    private @Nullable Thread thread; // guarded by this

    /**
     * Has the thread compete for a processor until {@link #release}, 400 µs at most.
     *
     * @param processor address of a cpu_set_t that has only this one
     * @param bytes its size
     * @return false if there can be no such thread, or not there
     */
    synchronized boolean hold(long processor, int bytes) {
        if (closed || (tid == 0 && !start())) {
            return false;
        }
        if (Libc.CALLS.sched_setaffinity(tid, bytes, processor) != 0) {
            return false;
        }
        holding = true;
        LockSupport.unpark(thread);
        return true;
    }

    private boolean start() {
        Thread fresh = new Thread(null, this::run, "fuse-processor-holder", 0, false);
        fresh.setDaemon(true);
        fresh.setContextClassLoader(null);
        try {
            fresh.start();
        } catch (OutOfMemoryError e) {
            return false; // no thread to be had; the next wish tries again
        }
        thread = fresh;
        long start = System.nanoTime();
        while (tid == 0 && System.nanoTime() - start < START_PATIENCE) {
            Thread.onSpinWait();
        }
        return tid != 0;
    }

    /** The processor need not be held any longer. */
    void release() {
        holding = false;
    }

    private void run() {
        tid = Libc.CALLS.gettid();
        long last = System.nanoTime();
        while (!mayEnd(last)) {
            if (holding) {
                long start = System.nanoTime();
                while (holding && System.nanoTime() - start < MAX_HOLD) {
                    Thread.onSpinWait();
                }
                holding = false;
                last = System.nanoTime();
            } else {
                LockSupport.parkNanos(this, KEPT);
                Thread.interrupted(); // set, it would keep park from parking
            }
        }
    }

    private synchronized boolean mayEnd(long last) {
        if (thread != Thread.currentThread()) {
            return true; // it came too late, and there is another
        }
        if (!closed && (holding || System.nanoTime() - last < KEPT)) {
            return false;
        }
        tid = 0;
        thread = null;
        return true;
    }

    /** Ends the thread soon; nothing is held any more. Idempotent. */
    @Override
    public void close() {
        closed = true;
        holding = false;
        synchronized (this) {
            LockSupport.unpark(thread);
        }
    }
}
