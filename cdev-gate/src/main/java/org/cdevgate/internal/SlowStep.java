package org.cdevgate.internal;

import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Code of a driver's that a thread runs and that others may wait for: if it takes long, that is
 * reported as {@link SlowWait} does, by a thread beside it, since this one cannot say so. Ended by
 * {@link #close()} on any thread.
 */
public final class SlowStep {
    private static final ScheduledThreadPoolExecutor CLOCK =
            DaemonThreads.timer("cdev-gate-slow-steps");

    private final Thread thread = Thread.currentThread();
    private final long start = System.nanoTime();
    private final Logger log;
    private final String waiter;
    private final Supplier<String> doing;

    // Each is written before the other is read, on this thread and on the clock's; so the one that
    // comes second finds what the first has left.
    private volatile boolean over;
    private volatile @Nullable Future<?> next;

    private SlowStep(Logger log, String waiter, Supplier<String> doing) {
        this.log = log;
        this.waiter = waiter;
        this.doing = doing;
    }

    /**
     * It begins, on this thread. If there is no thread to watch it, that is reported instead.
     *
     * @param thresholdNanos until the first report; there is another each time that as much as was
     *     waited has passed. {@link Waits#LONGEST_NANOS} is never, and needs no thread
     * @param waiter who waits for what, for the report
     * @param doing what the thread does now, for people; any thread
     */
    public static SlowStep begin(
            long thresholdNanos, Logger log, String waiter, Supplier<String> doing) {
        SlowStep step = new SlowStep(log, waiter, doing);
        try {
            if (thresholdNanos < Waits.LONGEST_NANOS) {
                step.lookAfter(thresholdNanos);
            }
        } catch (Throwable e) { // no memory, or no thread
            Reports.error(log, "{}: no report will tell if it takes long", waiter, e);
        }
        return step;
    }

    private void lookAfter(long nanos) {
        next = CLOCK.schedule(this::tell, nanos, TimeUnit.NANOSECONDS);
        if (over) {
            next.cancel(false);
        }
    }

    /** On the clock's thread: says what is done, and looks again later. */
    private void tell() {
        if (over) {
            return;
        }
        long waited = System.nanoTime() - start;
        SlowWait.report(log, waiter, waited, List.of(new SlowWait.Culprit(doing.get(), thread)));
        lookAfter(waited);
    }

    /** It has ended; there is no further report. */
    public void close() {
        over = true;
        Future<?> entered = next;
        if (entered != null) {
            entered.cancel(false);
        }
    }
}
