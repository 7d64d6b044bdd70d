package org.cdevgate.internal;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Threads that keep no JVM from ending, belong to nobody's class loader, and go when there has been
 * nothing to do for a second.
 */
public final class DaemonThreads {
    private static final long KEEP_SECONDS = 1;

    private DaemonThreads() {}

    /**
     * One thread that runs tasks at their time; what is cancelled is forgotten at once, and what
     * could not be entered for want of a thread too.
     */
    public static ScheduledThreadPoolExecutor timer(String name) {
        return timer(factory(name));
    }

    /** {@link #timer(String)} with a thread from elsewhere. */
    public static ScheduledThreadPoolExecutor timer(ThreadFactory threads) {
        ScheduledThreadPoolExecutor timer = new Timer(threads);
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(KEEP_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        return timer;
    }

    /** Up to so many threads, and a queue without a bound. */
    public static ThreadPoolExecutor pool(String name, int most) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        most,
                        most,
                        KEEP_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        factory(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * The JDK's puts a task into its queue and then starts a thread; if that fails it throws, and
     * leaves the task there. So each task is known here, to be taken out again.
     */
    private static final class Timer extends ScheduledThreadPoolExecutor {
        Timer(ThreadFactory threads) {
            super(1, threads);
        }

        private static final class Task implements Runnable {
            private final Runnable task;
            private @Nullable RunnableScheduledFuture<?> entered; // by the thread that enters it

            Task(Runnable task) {
                this.task = task;
            }

            @Override
            public void run() {
                task.run();
            }

            void takeBack() {
                if (entered != null) {
                    entered.cancel(false);
                }
            }
        }

        @Override
        protected <V> RunnableScheduledFuture<V> decorateTask(
                Runnable task, RunnableScheduledFuture<V> entered) {
            if (task instanceof Task known) {
                known.entered = entered;
            }
            return entered;
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            Task task = new Task(command);
            try {
                return super.schedule(task, delay, unit);
            } catch (Throwable e) {
                task.takeBack();
                throw e;
            }
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(
                Runnable command, long initialDelay, long delay, TimeUnit unit) {
            Task task = new Task(command);
            try {
                return super.scheduleWithFixedDelay(task, initialDelay, delay, unit);
            } catch (Throwable e) {
                task.takeBack();
                throw e;
            }
        }
    }

    /** Makes such threads. */
    public static ThreadFactory factory(String name) {
        return task -> {
            Thread thread = new Thread(null, task, name, 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        };
    }
}
