package org.cdevgate.async;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.SlowWait;
import org.cdevgate.internal.StackRoom;
import org.cdevgate.internal.WaitCircles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that a driver has done later, by a thread of a {@link WorkQueue}: struct work_struct of
 * linux/workqueue.h. Queued while it is pending it runs once; queued while it runs it runs once
 * more afterwards. It never runs on two threads at once.
 *
 * <pre>{@code
 * Work scan = queue.work("scan", bound -> registers.access(bound).scan());
 * scan.queue();      // also from an interrupt handler; does not wait
 * scan.cancelSync(); // neither queued nor running when it returns
 * }</pre>
 *
 * <pre>
 *             queueDelayed()              its time               a thread is free
 *   idle ───────────────────▶ delayed ───────────────▶ ready ───────────────────▶ running
 *             queue()                                    ▲                            │
 *   idle ────────────────────────────────────────────────┘   its end, if it was       │
 *                             └──────── queued while it ran ◀──────────────────────────┘
 * </pre>
 *
 * <p>A run may go on while the next is delayed or waits for it; so there are at most two of an
 * item, and the number of the later one is the higher.
 *
 * <p>All methods may be called by any thread.
 */
public final class Work {
    private static final Logger LOG = LoggerFactory.getLogger(WorkQueue.class);

    private final WorkQueue queue;
    private final String name;
    private final Owner.Body function;
    private final Runnable task = new Task();

    // Guarded by the queue.
    private Owner.@Nullable Claim claim; // while it is pending: delayed or ready
    private Timers.@Nullable Armed delay; // while it is delayed
    private @Nullable Thread running;
    private int cancelling;
    private long queued; // how often it was: the number of the last run
    private long runNumber; // of the run that goes on

    private boolean begun; // by the thread that runs it

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

    Work(WorkQueue queue, String name, Owner.Body function) {
        this.queue = queue;
        this.name = Objects.requireNonNull(name, "name");
        this.function =
                bound -> {
                    begun = true;
                    function.run(bound);
                };
    }

    /** What a thread does, in reports. */
    private final class Task implements Runnable {
        @Override
        public void run() {
            while (runOnce()) {}
        }

        @Override
        public String toString() {
            return Work.this.toString();
        }
    }

    /**
     * Queues it: queue_work().
     *
     * @return false if it was pending already, is being cancelled, its queue was destroyed or its
     *     device is going
     * @throws OutOfMemoryError if no thread or no memory is to be had; it is not queued then
     */
    public boolean queue() {
        synchronized (queue) {
            if (!begin()) {
                return false;
            }
            boolean queuedNow = false;
            try {
                if (running == null) { // else at the end of the run
                    queue.submit(this);
                }
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
     * Queues it when a time has passed: queue_delayed_work(). If there is no thread for it then, it
     * waits for one.
     *
     * @param after from now; 0 or less is at once
     * @return as {@link #queue()}
     * @throws OutOfMemoryError as {@link #queue()}
     */
    public boolean queueDelayed(Duration after) {
        Objects.requireNonNull(after, "after");
        synchronized (queue) {
            if (!begin()) {
                return false;
            }
            long mine = queued;
            try {
                queue.addDelayed(this);
                delay = queue.timers().arm(() -> timeHasCome(mine), after);
            } finally {
                if (delay == null) {
                    giveUp();
                }
            }
            return true;
        }
    }

    private boolean begin() {
        if (claim != null || cancelling > 0 || queue.isDestroyed()) {
            return false;
        }
        claim = queue.owner().claim(this, this::removalBegins);
        if (claim == null) {
            return false;
        }
        queued++;
        return true;
    }

    /** It is not to run: it could not be queued, or is taken back. Needs no memory. */
    private void giveUp() {
        Owner.Claim ended = claim;
        claim = null;
        if (delay != null) {
            delay.cancel();
            delay = null;
        }
        queue.removeDelayed(this);
        if (running == null) {
            queue.idle(this);
        }
        if (ended != null) {
            ended.end();
        }
        queue.notifyAll();
    }

    /** What is delayed is void; what is ready runs. */
    private void removalBegins() {
        synchronized (queue) {
            dropIfDelayed();
        }
    }

    /** Under the lock. */
    void dropIfDelayed() {
        if (delay != null) {
            giveUp();
        }
    }

    /** On the clock's thread; false if it is to come again. */
    private boolean timeHasCome(long mine) {
        synchronized (queue) {
            if (delay == null || queued != mine) {
                return true; // taken back meanwhile
            }
            endDelay(delay);
            return true;
        }
    }

    /** Makes it ready; if there is no thread for it, it stays delayed. */
    private void endDelay(Timers.Armed current) {
        if (running == null) { // else at the end of the run
            queue.submit(this);
        }
        current.cancel();
        delay = null;
        queue.removeDelayed(this);
    }

    /** Returns whether it is to run once more on this thread. */
    private boolean runOnce() {
        Owner.Claim mine;
        synchronized (queue) {
            mine = claim;
            if (mine == null || delay != null || running != null) {
                return false; // taken back, and maybe queued anew
            }
            claim = null;
            running = Thread.currentThread();
            runNumber = queued;
        }
        boolean again = false;
        try {
            begun = false;
            while (!tryRun(mine)) {
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(1));
            }
        } finally {
            try {
                mine.end();
            } finally {
                again = ended();
            }
        }
        return again;
    }

    /** The run is over; true if the next one is to be on this thread. */
    private boolean ended() {
        synchronized (queue) {
            running = null;
            boolean again = false;
            if (claim != null && delay == null) {
                // Others have their turn first, unless nothing can be queued.
                again = !queue.trySubmitAgain(this);
            } else {
                queue.idle(this);
            }
            queue.notifyAll();
            return again;
        }
    }

    /** False if it had no memory to begin. */
    private boolean tryRun(Owner.Claim mine) {
        try {
            queue.owner().run(mine, function);
        } catch (Throwable e) {
            if (!begun && e instanceof OutOfMemoryError) {
                return false;
            }
            Reports.error(LOG, "{} failed", this, e);
        }
        return true;
    }

    /**
     * Takes it back if it is pending, and waits for the end of a run: cancel_work_sync(). When it
     * returns it is not pending and runs on no thread, also if its function queues it again. It may
     * be queued again afterwards.
     *
     * @return whether it was pending
     * @throws SelfCancelException in its own function, or if its function waits for what this
     *     thread runs; nothing was done
     */
    public boolean cancelSync() {
        String method = "Work.cancelSync()";
        checkNotInside(method);
        StackRoom.requireToLink(); // what is taken back must be given up whole
        Awaited end = new Awaited(Long.MAX_VALUE, true);
        enter(method, end);
        try {
            boolean was;
            synchronized (queue) {
                was = claim != null;
                if (was) {
                    giveUp();
                }
                cancelling++;
            }
            try {
                queue.await("who cancels " + this + " waits for its run", end);
            } finally {
                synchronized (queue) {
                    cancelling--;
                }
            }
            return was;
        } finally {
            WaitCircles.left();
        }
    }

    /**
     * Waits for the end of every run that it was queued for before: flush_work(). If it is delayed
     * its time is now, as with flush_delayed_work().
     *
     * @throws SelfCancelException in its own function, or where the wait would have no end because
     *     it needs what this thread, or one that waits for it, occupies: the only thread of its
     *     queue. The message names works and queue; nothing was done
     */
    public void flush() {
        String method = "Work.flush()";
        checkNotInside(method);
        long last;
        synchronized (queue) {
            last = queued;
        }
        flush(method, last);
    }

    /** {@link #flush()} for what was queued up to some time. */
    void flush(String method, long last) {
        StackRoom.requireToLink(); // as for cancelSync()
        Awaited end = new Awaited(last, false);
        enter(method, end);
        try {
            synchronized (queue) {
                if (delay != null && queued <= last) {
                    endDelayNow(delay);
                }
            }
            queue.await("who flushes " + this + " waits for its run", end);
        } finally {
            WaitCircles.left();
        }
    }

    private void endDelayNow(Timers.Armed current) {
        try {
            endDelay(current);
        } catch (OutOfMemoryError e) {
            Reports.error(LOG, "there is no thread for {} before its time comes", this, e);
        }
    }

    private void enter(String method, Awaited end) {
        String circle = WaitCircles.enter(end);
        if (circle != null) {
            throw SelfCancelException.ofCircle(method, circle);
        }
    }

    /** What a flush or a cancellation waits for. */
    final class Awaited implements WaitCircles.Awaited {
        private final long last;
        private final boolean onlyRun;

        /**
         * The runs up to a number.
         *
         * @param onlyRun what is pending is, or will be, taken back
         */
        Awaited(long last, boolean onlyRun) {
            this.last = last;
            this.onlyRun = onlyRun;
        }

        boolean isRunning() {
            return running != null && runNumber <= last;
        }

        private boolean isPending() {
            return !onlyRun && claim != null && queued <= last;
        }

        /** Whether it is not there yet; under the lock. */
        boolean isMissing() {
            return isRunning() || isPending();
        }

        @Override
        public @Nullable List<Thread> blockedBy() {
            synchronized (queue) {
                if (isRunning()) {
                    return List.of(running);
                }
                return isPending() ? queue.occupiedBy() : null;
            }
        }

        SlowWait.Culprit culprit() {
            return Work.this.culprit();
        }

        @Override
        public String toString() {
            synchronized (queue) {
                return isRunning()
                        ? Work.this + ", which runs"
                        : Work.this + ", which needs the thread of " + queue.occupants();
            }
        }
    }

    /** The number of the last run that is not delayed; under the lock. */
    long lastNotDelayed() {
        return delay == null ? queued : queued - 1;
    }

    /** Under the lock. */
    SlowWait.Culprit culprit() {
        return new SlowWait.Culprit(
                running != null ? this + " runs" : this + " waits for a thread", running);
    }

    void checkNotInside(String method) {
        synchronized (queue) {
            if (running == Thread.currentThread()) {
                throw SelfCancelException.ofItself(method, this);
            }
        }
    }

    /** What its queue gives to a thread. */
    Runnable task() {
        return task;
    }

    /** Whether it is to be run; a snapshot. */
    public boolean isPending() {
        synchronized (queue) {
            return claim != null;
        }
    }

    @Override
    public String toString() {
        return "work " + name + " of " + queue;
    }
}
