package org.cdevgate.gate;

import java.util.Objects;
import org.cdevgate.gate.sides.RequestSide;
import org.cdevgate.gate.sides.Sleeper;
import org.cdevgate.gate.sides.WatcherSide;
import org.jspecify.annotations.Nullable;

/**
 * Where calls sleep until a driver wakes them: Linux's wait_queue_head_t. A driver makes one per
 * thing that can be waited for ("readable", "space"), changes its state, then calls {@link
 * #wakeUp()}. Verbs sleep on it through {@link Call#await}, {@link Call#wouldBlock} and {@link
 * Call#pollWait}.
 *
 * <pre>{@code
 * private final WaitQueue readable = new WaitQueue("readable");
 *
 * fifo.add(sample);     // what sleepers wait for
 * readable.wakeUp();    // then the wake-up
 * }</pre>
 *
 * <p>A queue needs no tie to a gate: it learns it from the calls that sleep here, several gates may
 * share it, and the removal of each wakes its own sleepers with its answer, without a hook of the
 * driver's. A queue may serve a driver that is registered again under a new gate.
 *
 * <p>All methods may be called by any thread, with or without locks of the driver's.
 */
public final class WaitQueue {
    private static final GateWaiters[] NONE = {};

    private final String name;

    // Copied on write under this; one entry per gate that has slept here and is not removed yet.
    private volatile GateWaiters[] waiters = NONE;

    /**
     * @param name what is waited for, for reports
     */
    public WaitQueue(String name) {
        if (Objects.requireNonNull(name, "name").isEmpty()) {
            throw new IllegalArgumentException(
                    "name is empty; a wait queue needs one, for reports");
        }
        this.name = name;
    }

    /** What is waited for. */
    public String name() {
        return name;
    }

    /**
     * Wakes every sleeper, but of the exclusive ones ({@link Call#awaitExclusive}) only the one
     * that has slept longest, and tells every poller to ask again: wake_up() of linux/wait.h. Call
     * it after the change that sleepers wait for, which must be visible to other threads by itself
     * (a lock, a volatile); a call that looked before the change and goes to sleep after this
     * wake-up is not missed. Costs one volatile read when nobody has ever slept here.
     */
    public void wakeUp() {
        wake(1);
    }

    /**
     * {@link #wakeUp()}, and so many exclusive sleepers: wake_up_nr() of linux/wait.h.
     *
     * @param exclusive how many of them, 1 or more
     */
    public void wakeUp(int exclusive) {
        if (exclusive < 1) {
            throw new IllegalArgumentException(
                    "exclusive " + exclusive + " of wakeUp on " + this + "; give 1 or more");
        }
        wake(exclusive);
    }

    /** {@link #wakeUp()}, and all exclusive sleepers: wake_up_all() of linux/wait.h. */
    public void wakeUpAll() {
        wake(Integer.MAX_VALUE);
    }

    private void wake(int exclusive) {
        int left = exclusive;
        for (GateWaiters each : waiters) {
            left -= each.wakeUp(left);
        }
    }

    /** Wakes all but the sleepers of one gate. */
    void wakeUpOthers(GateWaiters except) {
        for (GateWaiters each : waiters) {
            if (each != except) {
                each.wakeUp(Integer.MAX_VALUE);
            }
        }
    }

    /** The number of calls and requests that sleep here now; a snapshot. */
    public int sleepers() {
        int count = 0;
        for (GateWaiters each : waiters) {
            count += each.sleepers();
        }
        return count;
    }

    /**
     * Puts a sleeper to sleep.
     *
     * @return false if the gate is being removed; the sleeper is not on the queue then
     */
    boolean add(Sleeper sleeper, FopsGate gate) {
        GateWaiters list = waitersOf(gate);
        return list != null && list.add(sleeper, Long.MAX_VALUE);
    }

    /**
     * Puts a request to sleep unless the queue was woken after the call began.
     *
     * @param run names this queue
     * @return the outcome
     */
    Outcome addUnlessWoken(RequestSide sleeper, FopsGate gate, BlockedRun run) {
        sleeper.run(run); // it passes a wake-up on to this queue also where it never got to sleep
        sleeper.exclusive = run.exclusive();
        GateWaiters list = waitersOf(gate);
        if (list == null) {
            return Outcome.REMOVING;
        }
        if (list.add(sleeper, run.since())) {
            return Outcome.ASLEEP;
        }
        return gate.isRemoving() ? Outcome.REMOVING : Outcome.WOKEN;
    }

    enum Outcome {
        ASLEEP,
        WOKEN,
        REMOVING
    }

    void watch(WatcherSide watcher, FopsGate gate, long since) {
        GateWaiters list = waitersOf(gate);
        if (list != null) {
            list.addWatcher(watcher, since);
        }
    }

    /** The gate's part of this queue, made at its first sleep; null if it is being removed. */
    private @Nullable GateWaiters waitersOf(FopsGate gate) {
        for (GateWaiters each : waiters) {
            if (each.gate == gate) {
                return each;
            }
        }
        synchronized (this) {
            for (GateWaiters each : waiters) {
                if (each.gate == gate) {
                    return each;
                }
            }
            GateWaiters made = new GateWaiters(this, gate);
            if (!gate.queues().add(made)) {
                return null;
            }
            GateWaiters[] grown = java.util.Arrays.copyOf(waiters, waiters.length + 1);
            grown[waiters.length] = made;
            waiters = grown;
            // Wake-ups before this line were told to nobody; see GateWaiters.isTooLate.
            return made;
        }
    }

    /** Forgets a removed gate. */
    synchronized void forget(GateWaiters gone) {
        GateWaiters[] rest =
                java.util.Arrays.stream(waiters)
                        .filter(each -> each != gone)
                        .toArray(GateWaiters[]::new);
        waiters = rest.length == 0 ? NONE : rest;
    }

    @Override
    public String toString() {
        return "wait queue " + name;
    }
}
