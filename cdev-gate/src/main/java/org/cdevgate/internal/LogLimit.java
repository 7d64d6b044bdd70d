package org.cdevgate.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the rate of log lines of one kind, which a client may provoke as fast as it can call: one
 * in each pause, and the next says how many were left out. Make one for each kind, static, so that
 * no number of devices multiplies them. For any thread; allocates nothing but the text.
 */
public final class LogLimit {
    private final long pauseNanos;
    private final AtomicInteger leftOut = new AtomicInteger();

    // Guarded by this.
    private long last;
    private boolean any;

    /** A kind of which a line comes each second at most. */
    public LogLimit() {
        this(TimeUnit.SECONDS.toNanos(1));
    }

    /**
     * A kind of which a line comes once in each pause at most.
     *
     * @param pauseNanos nanoseconds, 0 or more
     */
    public LogLimit(long pauseNanos) {
        this.pauseNanos = pauseNanos;
    }

    /**
     * Asks whether a line may be written now.
     *
     * @return how many were left out since the last one, for {@link #more}; -1 if this one is to be
     *     left out
     */
    public int admit() {
        synchronized (this) {
            long now = System.nanoTime();
            if (any && now - last < pauseNanos) {
                leftOut.incrementAndGet();
                return -1;
            }
            last = now;
            any = true;
        }
        return leftOut.getAndSet(0);
    }

    /** A line that was admitted could not be written: it counts among those left out. */
    public void lost() {
        leftOut.incrementAndGet();
    }

    /** What the line ends with: nothing, or how many of its kind were left out before. */
    public static String more(int leftOut) {
        return leftOut == 0 ? "" : " (" + leftOut + " lines of this kind were left out before)";
    }
}
