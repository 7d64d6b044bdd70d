package org.cdevgate.async;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadPoolExecutor;
import org.cdevgate.device.BoundCaller;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.internal.DaemonThreads;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.Waits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a driver's work on threads of its own: struct workqueue_struct of linux/workqueue.h. It
 * belongs to a bound device and is destroyed when that is unbound: what was queued before runs to
 * its end, with a proof that the device is bound.
 *
 * <p>All methods may be called by any thread.
 */
public final class WorkQueue {
    private static final Logger LOG = LoggerFactory.getLogger(WorkQueue.class);

    private final BoundCaller caller;
    private final ThreadPoolExecutor threads;

    // Guarded by this, as the state of its work items is.
    private final Set<Work> busy = new HashSet<>(); // pending or running
    private boolean destroyed;

    private WorkQueue(BoundDevice bound, String name, int maxActive) {
        threads = DaemonThreads.pool(name, maxActive);
        caller = bound.addCaller(name, this::drainAndStop);
    }

    /**
     * A queue without work: alloc_workqueue().
     *
     * @param bound of the device whose work it does
     * @param name of its threads, and for reports
     * @param maxActive how many items may run at a time, 1 or more
     */
    public static WorkQueue alloc(BoundDevice bound, String name, int maxActive) {
        if (maxActive < 1) {
            throw new IllegalArgumentException(
                    "maxActive " + maxActive + " of work queue " + name + "; give 1 or more");
        }
        return new WorkQueue(bound, Objects.requireNonNull(name, "the queue's name"), maxActive);
    }

    /**
     * A work item of this queue: INIT_WORK().
     *
     * @param name for reports
     */
    public Work work(String name, Work.Function function) {
        return new Work(this, name, function);
    }

    BoundCaller caller() {
        return caller;
    }

    /**
     * Has a pending item run as soon as a thread is free; under this lock. If there is no thread to
     * be had, or no memory, it throws and the item is not queued.
     */
    void submit(Work work) {
        busy.add(work);
        boolean queued = false;
        try {
            threads.execute(work::run);
            queued = true;
        } finally {
            if (!queued) {
                idle(work);
            }
        }
    }

    /** {@link #submit}, or false and a line in the log; the item stays busy. Under this lock. */
    boolean trySubmit(Work work) {
        busy.add(work);
        try {
            threads.execute(work::run);
            return true;
        } catch (Throwable e) {
            Reports.error(LOG, "{} cannot be given to a thread", work, e);
            return false;
        }
    }

    /** Under this lock. */
    void idle(Work work) {
        busy.remove(work);
        notifyAll();
    }

    /** Under this lock. */
    boolean isDestroyed() {
        return destroyed;
    }

    /**
     * Waits until all that was queued before has run: flush_workqueue().
     *
     * @throws SelfCancelException in a work item of this queue
     */
    public void flush() {
        List<Work> all;
        synchronized (this) {
            all = new ArrayList<>(busy);
        }
        for (Work work : all) {
            work.checkNotInside("WorkQueue.flush()");
        }
        all.forEach(Work::flush);
    }

    /**
     * Refuses new work, waits for what was queued, and ends: destroy_workqueue(). Delayed work
     * whose time has not come is dropped. Done by itself when the device is unbound; whoever calls
     * it returns when nothing runs.
     *
     * @throws org.cdevgate.gate.SelfRemovalException in a work item of this queue
     */
    public void destroy() {
        caller.checkNotInside("WorkQueue.destroy()");
        drainAndStop();
        caller.shut();
    }

    private void drainAndStop() {
        synchronized (this) {
            destroyed = true;
            Waits.whileTrue(this, () -> !busy.isEmpty());
        }
        threads.shutdown();
    }

    @Override
    public String toString() {
        return "work queue " + caller;
    }
}
