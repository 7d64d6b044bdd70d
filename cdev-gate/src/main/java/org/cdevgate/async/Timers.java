package org.cdevgate.async;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The daemon thread on which timers run, and delayed work begins; it goes when it has no use. */
final class Timers {
    private static final long KEEP_THREAD_SECONDS = 1;
    private static final ScheduledThreadPoolExecutor THREAD = thread();

    private Timers() {}

    private static ScheduledThreadPoolExecutor thread() {
        ScheduledThreadPoolExecutor made =
                new ScheduledThreadPoolExecutor(
                        1,
                        task -> {
                            Thread thread = new Thread(null, task, "cdev-gate-timers", 0, false);
                            thread.setDaemon(true);
                            thread.setContextClassLoader(null);
                            return thread;
                        });
        made.setKeepAliveTime(KEEP_THREAD_SECONDS, TimeUnit.SECONDS);
        made.allowCoreThreadTimeOut(true);
        made.setRemoveOnCancelPolicy(true);
        return made;
    }

    static Future<?> after(Runnable task, Duration delay) {
        return THREAD.schedule(task, DeviceTimer.nanos(delay), TimeUnit.NANOSECONDS);
    }
}
