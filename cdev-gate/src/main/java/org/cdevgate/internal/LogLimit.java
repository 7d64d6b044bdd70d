package org.cdevgate.internal;

import java.util.concurrent.TimeUnit;

/**
 * Bounds the rate of log lines of one kind, which a client may provoke as fast as it can call: so
 * many in each period, and the next one says how many were left out. Make one for each kind,
 * static, so that no number of devices multiplies them. For any thread; allocates nothing but the
 * text.
 */
public final class LogLimit {
    private static final int LINES = 10;

    private final int lines;
    private final long periodNanos;

    // Guarded by this.
    private long periodStart;
    private int admitted;
    private boolean any;
    private int leftOut;

    /** Ten lines in ten seconds: several devices may have failed at once, and each has a stack. */
    public LogLimit() {
        this(LINES, TimeUnit.SECONDS.toNanos(LINES));
    }

    /**
     * So many lines in each period.
     *
     * @param lines 1 or more
     * @param periodNanos from the first of them, in nanoseconds
     */
    public LogLimit(int lines, long periodNanos) {
        this.lines = lines;
        this.periodNanos = periodNanos;
    }

    /**
     * Asks whether a line may be written now.
     *
     * @return how many were left out since the last one, for {@link #more}; -1 if this one is to be
     *     left out
     */
    public synchronized int admit() {
        long now = System.nanoTime();
        if (!any || now - periodStart >= periodNanos) {
            any = true;
            periodStart = now;
            admitted = 0;
        }
        if (admitted == lines) {
            leftOut++;
            return -1;
        }
        admitted++;
        int before = leftOut;
        leftOut = 0;
        return before;
    }

    /** A line that was admitted could not be written: it counts among those left out. */
    public synchronized void lost() {
        leftOut++;
    }

    /** What the line ends with: nothing, or how many of its kind were left out before. */
    public static String more(int leftOut) {
        return leftOut == 0 ? "" : " (" + leftOut + " lines of this kind were left out before)";
    }
}
