package org.cdevgate.async;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.Waits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that a driver has done later, by a thread of a {@link WorkQueue}: struct work_struct of
 * linux/workqueue.h. Queued while it is pending it runs once; queued while it runs it runs once
 * more afterwards. It never runs on two threads at once.
 *
 * <p>All methods may be called by any thread.
 */
public final class Work {
    private static final Logger LOG = LoggerFactory.getLogger(WorkQueue.class);

    private final WorkQueue queue;
    private final String name;
    private final Function function;

    // Guarded by the queue.
    private boolean pending; // to be run, or to be queued when its time has come
    private Future<?> delay;
    private Thread running;
    private int cancelling;
    private long queued; // how often it was
    private long done; // up to which of these it has run, or was cancelled

    /** What a work item does. */
    @FunctionalInterface
    public interface Function {
        /**
         * Does the work; may sleep. What it throws is logged.
         *
         * @param bound valid until it returns
         */
        void run(BoundDevice bound) throws Exception;
    }

    Work(WorkQueue queue, String name, Function function) {
        this.queue = queue;
        this.name = Objects.requireNonNull(name, "the work's name");
        this.function = Objects.requireNonNull(function, "the work's function");
    }

    /**
     * Queues it: queue_work().
     *
     * @return false if it was pending already, is being cancelled, or its queue was destroyed
     */
    public boolean queue() {
        synchronized (queue) {
            if (!begin()) {
                return false;
            }
            boolean queuedNow = false;
            try {
                ready();
                queuedNow = true;
            } finally {
                if (!queuedNow) {
                    giveUp();
                }
            }
            return true;
        }
    }

    /**
     * Queues it when a time has passed: queue_delayed_work().
     *
     * @param after from now; 0 or less is at once
     * @return as {@link #queue()}
     */
    public boolean queueDelayed(Duration after) {
        synchronized (queue) {
            if (!begin()) {
                return false;
            }
            long mine = queued;
            try {
                delay = Timers.after(() -> timeHasCome(mine), after);
            } finally {
                if (delay == null) {
                    giveUp();
                }
            }
            return true;
        }
    }

    /** It could not be queued: no thread was to be had, or no memory. Under the lock. */
    private void giveUp() {
        pending = false;
        done = queued;
        queue.notifyAll();
    }

    private boolean begin() {
        if (pending || cancelling > 0 || queue.isDestroyed()) {
            return false;
        }
        pending = true;
        queued++;
        return true;
    }

    private void timeHasCome(long mine) {
        synchronized (queue) {
            if (!pending || delay == null || queued != mine) {
                return; // cancelled meanwhile
            }
            delay = null;
            if (queue.isDestroyed()) {
                pending = false;
                done = queued;
                queue.notifyAll();
                return;
            }
            if (running == null && !queue.trySubmit(this)) {
                queue.idle(this);
                giveUp();
            }
        }
    }

    private void ready() {
        if (running == null) { // else at the end of the run
            queue.submit(this);
        }
    }

    void run() {
        while (runOnce()) {}
    }

    /** Returns whether it is to run once more on this thread. */
    private boolean runOnce() {
        long mine;
        synchronized (queue) {
            if (!pending || delay != null || running != null) {
                return false; // cancelled, and maybe queued anew
            }
            pending = false;
            running = Thread.currentThread();
            mine = queued;
        }
        boolean again;
        try {
            queue.caller().<Exception>tryRun(function::run);
        } catch (Throwable e) {
            Reports.error(LOG, "{} failed", this, e);
        } finally {
            synchronized (queue) {
                running = null;
                done = Math.max(done, mine);
                again = false;
                if (pending && delay == null) {
                    // Others have their turn first, unless nothing can be queued.
                    again = !queue.trySubmit(this);
                    queue.notifyAll();
                } else {
                    queue.idle(this);
                }
            }
        }
        return again;
    }

    /**
     * Takes it back if it is pending, and waits for the end of a run: cancel_work_sync(). When it
     * returns it is not pending and runs on no thread, also if its function queues it again. It may
     * be queued again afterwards.
     *
     * @return whether it was pending
     * @throws SelfCancelException in its own function
     */
    public boolean cancelSync() {
        checkNotInside("Work.cancelSync()");
        synchronized (queue) {
            boolean was = pending;
            if (was) {
                pending = false;
                done = queued;
                if (delay != null) {
                    delay.cancel(false);
                    delay = null;
                }
                if (running == null) {
                    queue.idle(this);
                } else {
                    queue.notifyAll();
                }
            }
            cancelling++;
            Waits.whileTrue(queue, () -> running != null);
            cancelling--;
            return was;
        }
    }

    /**
     * Waits until it has run as often as it was queued before: flush_work().
     *
     * @throws SelfCancelException in its own function
     */
    public void flush() {
        checkNotInside("Work.flush()");
        synchronized (queue) {
            long goal = queued;
            Waits.whileTrue(queue, () -> done < goal);
        }
    }

    void checkNotInside(String method) {
        synchronized (queue) {
            if (running == Thread.currentThread()) {
                throw new SelfCancelException(method, this);
            }
        }
    }

    /** Whether it is to be run; a snapshot. */
    public boolean isPending() {
        synchronized (queue) {
            return pending;
        }
    }

    @Override
    public String toString() {
        return "work " + name;
    }
}
