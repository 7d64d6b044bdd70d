package org.cdevgate.async;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.SlowWait;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks in the order in which they were given, on up to so many threads. A thread is started
 * when there is a task and none that is idle, and goes when it has been idle for a second. A task
 * that waits for a thread can be taken back, at once and with all that refers to it.
 *
 * <p>For any thread; never calls a task under its lock.
 */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(WorkQueue.class);
    private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ThreadFactory factory;
    private final int most;

    // Guarded by this. A task that is ready has an idle thread, or all threads there may be are
    // busy and look for it when they are not.
    private final Set<Runnable> ready = new LinkedHashSet<>();
    private final Map<Thread, Busy> busy = new LinkedHashMap<>();
    private int threads;
    private int idle;
    private boolean stopped;

    /** What a thread is at, and since when. */
    private record Busy(Runnable task, long since) {}

    /**
     * None yet.
     *
     * @param most how many threads, 1 or more
     */
    Workers(ThreadFactory factory, int most) {
        this.factory = factory;
        this.most = most;
    }

    /**
     * Has a task run, once for any number of times that it is given before it begins.
     *
     * @return whether all threads that there were are at other tasks
     * @throws RejectedExecutionException if the factory has no thread for it; it was not taken then
     * @throws OutOfMemoryError likewise, if no thread or no memory is to be had
     */
    synchronized boolean add(Runnable task) {
        if (!ready.add(task)) {
            return false;
        }
        if (ready.size() <= idle) {
            notify();
            return false;
        }
        if (threads < most) {
            boolean started = false;
            threads++;
            try {
                start();
                started = true;
            } finally {
                if (!started) {
                    threads--;
                    ready.remove(task);
                }
            }
        }
        return !busy.isEmpty();
    }

    /** {@link #add} from a task, on whose thread it will have its turn if there is no other. */
    synchronized void addFromTask(Runnable task) {
        ready.add(task);
    }

    private void start() {
        Thread thread = factory.newThread(this::work);
        if (thread == null) {
            throw new RejectedExecutionException("there is no thread from " + factory);
        }
        thread.start();
    }

    /** Takes back what has not begun; false if it has, or was not given. Needs no memory. */
    synchronized boolean remove(Runnable task) {
        return ready.remove(task);
    }

    /** Lets the threads go when there is nothing left to do. Nothing is given after this. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    private void work() {
        while (true) {
            try {
                if (!runNext()) {
                    return;
                }
            } catch (Throwable e) { // out of memory: there may be some soon
                Reports.error(LOG, "a thread of {} goes on", this, e);
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    // In a frame of its own, so that an idle thread refers to no task.
    private boolean runNext() {
        Runnable task = take();
        if (task == null) {
            return false;
        }
        try {
            task.run();
        } finally {
            synchronized (this) {
                busy.remove(Thread.currentThread());
            }
            Thread.interrupted(); // is the task's, and over with it
        }
        return true;
    }

    /** The next task; null when this thread is to end, which is counted off then. */
    private synchronized @Nullable Runnable take() {
        long deadline = System.nanoTime() + KEEP_NANOS;
        idle++;
        try {
            while (ready.isEmpty()) {
                long left = deadline - System.nanoTime();
                if (stopped || left <= 0) {
                    threads--;
                    return null;
                }
                try {
                    wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
                } catch (InterruptedException e) {
                    LOG.debug("an interrupt that nobody waits for", e);
                }
            }
            Iterator<Runnable> first = ready.iterator();
            Runnable task = first.next();
            busy.put(Thread.currentThread(), new Busy(task, System.nanoTime()));
            first.remove();
            return task;
        } finally {
            idle--;
        }
    }

    /** The tasks that have run for so long at least, with their threads. */
    synchronized List<SlowWait.Culprit> slow(long nanos) {
        List<SlowWait.Culprit> slow = new ArrayList<>();
        long now = System.nanoTime();
        busy.forEach(
                (thread, at) -> {
                    if (now - at.since() >= nanos) {
                        slow.add(new SlowWait.Culprit(at.task().toString(), thread));
                    }
                });
        return slow;
    }

    /** The threads that are at a task, if there may be no more; else null. */
    synchronized @Nullable List<Thread> allBusy() {
        return busy.size() < most ? null : new ArrayList<>(busy.keySet());
    }

    /** The threads that are at a task; null if there is none. */
    synchronized @Nullable List<Thread> busy() {
        return busy.isEmpty() ? null : new ArrayList<>(busy.keySet());
    }

    /** What the threads are at, for people. */
    synchronized String tasks() {
        return busy.values().stream()
                .map(each -> each.task().toString())
                .collect(Collectors.joining(", "));
    }

    /** For tests: how many threads there are. */
    synchronized int threads() {
        return threads;
    }

    @Override
    public String toString() {
        return "a pool of up to " + most + " threads";
    }
}
