package org.cdevgate.async;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.gate.DriverAction;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.internal.DaemonThreads;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.SlowWait;
import org.cdevgate.internal.WaitCircles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a driver's work on threads of its own: struct workqueue_struct of linux/workqueue.h.
 *
 * <pre>{@code
 * WorkQueue queue = WorkQueue.alloc(bound, "sensor0-events", 1); // in probe
 * Work scan = queue.work("scan", proof -> registers.access(proof).scan());
 * scan.queueDelayed(PERIOD);
 * }</pre>
 *
 * <p>It belongs to a bound device and is destroyed when that is unbound: what was queued before
 * runs to its end, with a proof that the device is bound. Or it belongs to a gate, for drivers
 * without a bus: from the beginning of the removal nothing can be queued and what is delayed is
 * void; what was queued before runs to its end, inside the gate, and the removal waits for it as
 * for a call in flight, before files are released and the teardown begins.
 *
 * <p>All methods may be called by any thread.
 */
public final class WorkQueue {
    private static final Logger LOG = LoggerFactory.getLogger(WorkQueue.class);

    private final Owner owner;
    private final Workers workers;
    private final Timers timers;

    // Guarded by this, as the state of its work items is.
    private final Set<Work> busy = new LinkedHashSet<>(); // ready or running
    private final Set<Work> delayed = new LinkedHashSet<>();
    private boolean destroyed;

    WorkQueue(int maxActive, ThreadFactory threads, Timers timers, DeviceTimer.OwnerMaker owner) {
        this.workers = new Workers(threads, maxActive);
        this.timers = timers;
        this.owner = owner.make(() -> drainAndStop(null));
    }

    /**
     * A queue without work: alloc_workqueue(). It is destroyed when the device is unbound.
     *
     * @param bound of the device whose work it does
     * @param name of its threads, and for reports
     * @param maxActive how many items may run at a time, 1 or more
     * @throws IllegalStateException if no driver is bound any more
     */
    public static WorkQueue alloc(BoundDevice bound, String name, int maxActive) {
        return alloc(bound, name, maxActive, DaemonThreads.factory(name), Timers.SHARED);
    }

    static WorkQueue alloc(
            BoundDevice bound, String name, int maxActive, ThreadFactory threads, Timers timers) {
        Objects.requireNonNull(bound, "bound");
        check(name, maxActive);
        return new WorkQueue(
                maxActive, threads, timers, end -> Owner.of(bound.addCaller(name, end)));
    }

    /**
     * A queue of a driver that has a gate and no bus. Its work items get no proof; make them with
     * {@link #work(String, DriverAction)}.
     *
     * @param gate of the device whose work it does
     * @param name of its threads, and for reports
     * @param maxActive how many items may run at a time, 1 or more
     */
    public static WorkQueue alloc(FopsGate gate, String name, int maxActive) {
        return alloc(gate, name, maxActive, DaemonThreads.factory(name), Timers.SHARED);
    }

    static WorkQueue alloc(
            FopsGate gate, String name, int maxActive, ThreadFactory threads, Timers timers) {
        Objects.requireNonNull(gate, "gate");
        check(name, maxActive);
        return new WorkQueue(maxActive, threads, timers, end -> Owner.of(gate, name));
    }

    private static void check(String name, int maxActive) {
        Objects.requireNonNull(name, "name");
        if (maxActive < 1) {
            throw new IllegalArgumentException(
                    "maxActive " + maxActive + " of work queue " + name + "; give 1 or more");
        }
    }

    /**
     * A work item of this queue: INIT_WORK().
     *
     * @param name for reports
     * @throws IllegalArgumentException if the queue belongs to a gate, which gives no proof that a
     *     device is bound
     */
    public Work work(String name, Work.Function function) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(function, "function");
        if (!owner.givesProofs()) {
            throw new IllegalArgumentException(
                    "work "
                            + name
                            + " wants a proof that its device is bound, and "
                            + this
                            + " belongs to a gate without a binding; give a function without"
                            + " parameters");
        }
        return new Work(this, name, Owner.Body.withProof(function::run));
    }

    /**
     * A work item that needs no proof that its device is bound; it runs while it is all the same.
     *
     * @param name for reports
     * @param function may sleep; what it throws is logged
     */
    public Work work(String name, DriverAction function) {
        Objects.requireNonNull(function, "function");
        return new Work(this, name, proof -> function.run());
    }

    Owner owner() {
        return owner;
    }

    Timers timers() {
        return timers;
    }

    // under this lock

    /**
     * Has an item run as soon as a thread is free. If there is no thread to be had, or no memory,
     * it throws and the item is not queued.
     */
    void submit(Work work) {
        boolean queued = false;
        try {
            busy.add(work);
            workers.add(work.task());
            queued = true;
        } finally {
            if (!queued) {
                idle(work);
            }
        }
    }

    /** {@link #submit} at the end of a run, on its thread; false if there is no memory for it. */
    boolean trySubmitAgain(Work work) {
        try {
            workers.addFromTask(work.task());
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    /** An item neither runs nor is ready; needs no memory. */
    void idle(Work work) {
        workers.remove(work.task());
        busy.remove(work);
        notifyAll();
    }

    void addDelayed(Work work) {
        delayed.add(work);
    }

    void removeDelayed(Work work) {
        delayed.remove(work);
    }

    boolean isDestroyed() {
        return destroyed;
    }

    /** The threads of which a ready item needs one; null if it gets another. */
    @Nullable List<Thread> occupiedBy() {
        return workers.allBusy();
    }

    /** What runs on these threads, for people. */
    String occupants() {
        return workers.tasks();
    }

    // not under this lock

    /** Waits until nothing is missing. */
    void await(String waiter, Work.Awaited end) {
        SlowWait.whileTrue(
                this, end::isMissing, owner.slowNanos(), LOG, waiter, () -> List.of(end.culprit()));
    }

    /**
     * Waits until every run has ended that was queued before: flush_workqueue(). What is delayed
     * does not count.
     *
     * @throws SelfCancelException in a work item of this queue, or where the wait would have no end
     *     because a work item waits for what this thread runs
     */
    public void flush() {
        Map<Work, Long> last = new LinkedHashMap<>();
        synchronized (this) {
            busy.forEach(each -> last.put(each, each.lastNotDelayed()));
        }
        last.keySet().forEach(each -> each.checkNotInside("WorkQueue.flush()"));
        last.forEach((each, number) -> each.flush("WorkQueue.flush()", number));
    }

    /**
     * Refuses new work, waits for what was queued, and ends: destroy_workqueue(). Delayed work
     * whose time has not come is dropped. Done by itself when the device is unbound; whoever calls
     * it returns when nothing runs.
     *
     * @throws org.cdevgate.gate.removal.SelfRemovalException in a work item of this queue
     * @throws SelfCancelException if a work item of it waits for what this thread runs; nothing was
     *     done
     */
    public void destroy() {
        String method = "WorkQueue.destroy()";
        owner.checkNotInside(method);
        drainAndStop(method);
        owner.ended();
    }

    /**
     * Ends it.
     *
     * @param method to refuse where it would wait for ever; null to wait in any case
     */
    private void drainAndStop(@Nullable String method) {
        String circle = WaitCircles.enter(new Drained());
        if (circle != null) {
            if (method != null) {
                throw SelfCancelException.ofCircle(method, circle);
            }
            Reports.error(LOG, "{} is not destroyed before one of these returns: {}", this, circle);
        }
        try {
            synchronized (this) {
                destroyed = true;
                while (!delayed.isEmpty()) {
                    delayed.iterator().next().dropIfDelayed();
                }
            }
            SlowWait.whileTrue(
                    this,
                    () -> !busy.isEmpty(),
                    owner == null ? Long.MAX_VALUE : owner.slowNanos(),
                    LOG,
                    "who destroys " + this + " waits for its work",
                    () -> busy.stream().map(Work::culprit).toList());
        } finally {
            if (circle == null) {
                WaitCircles.left();
            }
        }
        workers.stop();
    }

    /** For tests: how many threads there are. */
    int threads() {
        return workers.threads();
    }

    /** The end of all work. */
    private final class Drained implements WaitCircles.Awaited {
        @Override
        public @Nullable List<Thread> blockedBy() {
            return workers.busy();
        }

        @Override
        public boolean needsAll() {
            return true;
        }

        @Override
        public String toString() {
            return "the end of " + WorkQueue.this + ", where this runs: " + workers.tasks();
        }
    }

    @Override
    public String toString() {
        return "work queue " + owner;
    }
}
