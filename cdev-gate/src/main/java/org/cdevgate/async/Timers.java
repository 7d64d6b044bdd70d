package org.cdevgate.async;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.cdevgate.internal.DaemonThreads;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.SlowWait;
import org.cdevgate.internal.Waits;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Times of timers and of delayed work. One thread watches the clock, and does nothing that may take
 * long; the functions of timers run on threads of their own, up to {@link #MOST}, so that one which
 * blocks delays no other. All of them go when nothing is set.
 */
final class Timers {
    /** So many functions may block at a time before others wait; each has a thread. */
    static final int MOST = 64;

    private static final Logger LOG = LoggerFactory.getLogger(DeviceTimer.class);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final ThreadFactory REPORTERS = DaemonThreads.factory("cdev-gate-timer-report");

    /** Of all drivers. After the constants, which it needs. */
    static final Timers SHARED =
            new Timers(
                    DaemonThreads.timer("cdev-gate-timers"),
                    DaemonThreads.factory("cdev-gate-timer"));

    private final ScheduledThreadPoolExecutor clock;
    private final Workers functions;
    private final AtomicLong lastTold = new AtomicLong(System.nanoTime() - LONG_NANOS);

    Timers(ScheduledThreadPoolExecutor clock, ThreadFactory functions) {
        this.clock = clock;
        this.functions = new Workers(functions, MOST);
    }

    /**
     * Something that is to be done at a time. It is entered as a task that comes again and again,
     * so that one which cannot be done for want of a thread or of memory comes again without
     * needing either.
     */
    static final class Armed implements Runnable {
        private final BooleanSupplier due;
        private volatile @Nullable Future<?> entry;
        private volatile boolean over;

        private Armed(BooleanSupplier due) {
            this.due = due;
        }

        @Override
        public void run() {
            boolean done = false;
            try {
                done = due.getAsBoolean();
            } catch (Throwable e) {
                Reports.error(LOG, "{} comes again in a moment", due, e);
            }
            if (done) {
                cancel();
            }
        }

        /** It does not come any more, and nothing refers to it; or it is just there. */
        void cancel() {
            over = true;
            Future<?> known = entry;
            if (known != null) {
                known.cancel(false);
            } // else who arms it sees that it is over
        }
    }

    /**
     * Has something done when a time has passed, on the clock's thread.
     *
     * @param due must not block; returns false, or throws, to be asked again in 10 ms
     * @param delay from now; 0 or less is at once
     * @throws OutOfMemoryError if there is no thread or no memory; it does not come then
     */
    Armed arm(BooleanSupplier due, Duration delay) {
        // Half of it: the executor compares times, whose differences must not run over.
        long nanos = Math.min(Waits.nanos(delay), Long.MAX_VALUE / 2);
        Armed armed = new Armed(due);
        Future<?> entry =
                clock.scheduleWithFixedDelay(armed, nanos, AGAIN_NANOS, TimeUnit.NANOSECONDS);
        armed.entry = entry;
        if (armed.over) { // it came before it was known; one of the two sees the other's write
            entry.cancel(false);
        }
        return armed;
    }

    /**
     * Has a timer's function run now.
     *
     * @throws OutOfMemoryError if there is no thread for it; it does not run then
     */
    void run(Runnable function) {
        if (functions.add(function)) {
            tellSlow();
        }
    }

    /** Others are at work: tells which of them take long; at most once in a second. */
    private void tellSlow() {
        long now = System.nanoTime();
        long last = lastTold.get();
        if (now - last < LONG_NANOS || !lastTold.compareAndSet(last, now)) {
            return;
        }
        try {
            REPORTERS.newThread(this::report).start(); // a log may take long
        } catch (Throwable e) {
            Reports.error(LOG, "no thread to tell which of {} take long", this, e);
        }
    }

    private void report() {
        List<SlowWait.Culprit> slow = functions.slow(LONG_NANOS);
        if (!slow.isEmpty()) {
            Reports.warn(
                    LOG,
                    "functions of timers must not block, others may wait for them; these have run"
                            + " for more than a second:\n{}",
                    SlowWait.text(slow));
        }
    }

    /** Takes back a function that has not begun. */
    void remove(Runnable function) {
        functions.remove(function);
    }

    /** For tests: how many are set. */
    int pending() {
        return clock.getQueue().size();
    }

    /** For tests: how many threads there are. */
    int threads() {
        return clock.getPoolSize() + functions.threads();
    }

    @Override
    public String toString() {
        return "the timers";
    }
}
