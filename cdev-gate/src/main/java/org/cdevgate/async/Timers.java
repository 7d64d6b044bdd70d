package org.cdevgate.async;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.cdevgate.internal.DaemonThreads;
import org.cdevgate.internal.Waits;

/** The thread on which timers run, and delayed work begins. */
final class Timers {
    private static final ScheduledThreadPoolExecutor THREAD =
            DaemonThreads.timer("cdev-gate-timers");

    private Timers() {}

    static Future<?> after(Runnable task, Duration delay) {
        // Half of it: the executor compares times, whose differences must not run over.
        long nanos = Math.min(Waits.nanos(delay), Long.MAX_VALUE / 2);
        return THREAD.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }
}
