package org.cdevgate.gate;

import java.util.Arrays;
import java.util.function.Consumer;
import org.cdevgate.gate.sides.RequestSide;
import org.cdevgate.gate.sides.Sleeper;
import org.cdevgate.gate.sides.SleeperList;
import org.cdevgate.gate.sides.WatcherSide;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.StackRoom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sleepers and pollers of one gate on one {@link WaitQueue}.
 *
 * <p><b>No lost wake-up.</b> Each gate has a clock that every wake-up of its queues advances. A
 * parked sleeper joins the list and then checks its condition. A request has checked before it
 * joins, so it brings the clock's value from the start of its run: if {@link #lastWake} is later, a
 * wake-up came after it may have looked, and it does not join. A waker changes the state, then
 * takes the lock and advances the clock: if its locked part comes first the request sees lastWake,
 * if the request's comes first the waker finds it on the list. A run that began with the advanced
 * clock sees the changed state.
 *
 * <p><b>Removal.</b> The flag is set before {@link #removeAll} takes the lock, and {@link #add}
 * reads it under the lock: a sleeper is either refused or taken off by the remover.
 *
 * <p>The lock covers list operations only, and telling pollers. Sleepers are taken off and woken
 * one by one outside it, and a woken thread does not need it again to go on.
 *
 * <p><b>Errors.</b> The lock is this object's monitor, which the JVM gives back whatever is thrown,
 * at the very end of the stack too. Under it links are changed by accesses to fields alone, so
 * either all of a change is made or none. A waker looks for room on its stack before the first
 * change, and takes a sleeper off only when it is that one's turn; so an Error leaves the others
 * asleep and to be woken, and no memory is needed.
 */
final class GateWaiters implements SleeperList {
    private static final Logger LOG = LoggerFactory.getLogger(FopsGate.class);

    private static final WatcherSide[] NONE = {};

    final FopsGate gate;
    private final WaitQueue queue;

    // Guarded by this.
    private @Nullable Sleeper first; // of those that are not exclusive
    private @Nullable Sleeper last;
    private @Nullable Sleeper firstExclusive;
    private @Nullable Sleeper lastExclusive;
    private int count; // of both
    private boolean hadExclusives;
    private boolean used;
    private long joins;
    private long lastWake;
    private @Nullable WatcherSide[] watchers = NONE;
    private int watching; // how many of them, from the first on

    GateWaiters(WaitQueue queue, FopsGate gate) {
        this.queue = queue;
        this.gate = gate;
    }

    boolean add(Sleeper sleeper, long since) {
        boolean exclusive = sleeper.exclusive;
        synchronized (this) {
            if (isTooLate(since) || gate.isRemoving()) {
                return false;
            }
            Sleeper before = exclusive ? lastExclusive : last;
            sleeper.previous = before;
            sleeper.next = null;
            if (before != null) {
                before.next = sleeper;
            } else if (exclusive) {
                firstExclusive = sleeper;
            } else {
                first = sleeper;
            }
            if (exclusive) {
                lastExclusive = sleeper;
                hadExclusives = true;
            } else {
                last = sleeper;
            }
            count++;
            sleeper.joined = ++joins;
            sleeper.waiters = this;
            return true;
        }
    }

    /**
     * Whether a wake-up has come since. Under the lock; the first look counts as one, because what
     * woke the queue before it had this part told nobody, and every call that began before has to
     * look again.
     */
    private boolean isTooLate(long since) {
        if (!used) {
            lastWake = gate.queues().advanceWakeClock();
            used = true;
        }
        return lastWake > since;
    }

    @Override
    public boolean remove(Sleeper sleeper) {
        synchronized (this) {
            if (sleeper.waiters != this) {
                return false;
            }
            unlink(sleeper);
            return true;
        }
    }

    /**
     * Wakes all but the exclusive sleepers, and of those at most so many, the oldest first. Those
     * that come meanwhile have looked, or will, after the change that this wake-up is for.
     *
     * @return how many exclusive ones were woken
     */
    int wakeUp(int mostExclusive) {
        Throwable failed = null;
        long until;
        synchronized (this) {
            if (count > 0 || watching > 0) {
                StackRoom.require();
            }
            // Under the lock, so that later wake-ups have later times.
            lastWake = gate.queues().advanceWakeClock();
            used = true;
            until = joins;
            for (int i = 0; i < watching; i++) {
                try {
                    watchers[i].wakeUp();
                } catch (Throwable e) {
                    failed = e;
                }
            }
        }
        int exclusives = 0;
        while (true) {
            Sleeper sleeper;
            synchronized (this) {
                sleeper = first;
                if (sleeper == null || sleeper.joined > until) {
                    sleeper = exclusives < mostExclusive ? firstExclusive : null;
                    if (sleeper == null || sleeper.joined > until) {
                        break;
                    }
                    exclusives++;
                }
                unlink(sleeper);
            }
            sleeper.handedOn = false;
            try {
                sleeper.woken();
            } catch (Throwable e) {
                failed = e;
                if (!sleeper.handedOn) {
                    sleeper.woken();
                }
            }
        }
        if (failed != null) {
            Reports.error(LOG, "a sleeper or a poller of {} cannot be woken", queue, failed);
        }
        return exclusives;
    }

    /**
     * Takes every sleeper off for the gate's removal, whose flag is set already, and tells each. A
     * wake-up that went to an exclusive one just before, and now finds the device gone when it is
     * to look, may have been another gate's due. After an Error it can be called again.
     */
    void removeAll() {
        Throwable failed = null;
        boolean passesOn;
        synchronized (this) {
            passesOn = hadExclusives;
            for (int i = 0; i < watching; i++) {
                try {
                    watchers[i].wakeUp();
                } catch (Throwable e) {
                    failed = e;
                }
            }
        }
        while (true) {
            Sleeper sleeper;
            synchronized (this) {
                sleeper = first != null ? first : firstExclusive;
                if (sleeper == null) {
                    break;
                }
                unlink(sleeper);
            }
            sleeper.handedOn = false;
            try {
                sleeper.gone();
            } catch (Throwable e) {
                failed = e;
                if (!sleeper.handedOn) {
                    sleeper.gone();
                }
            }
        }
        if (passesOn) {
            queue.wakeUpOthers(this);
        }
        if (failed != null) {
            Reports.error(
                    LOG, "a sleeper or a poller of {} cannot be told of a removal", queue, failed);
        }
    }

    /** Under the lock. */
    private void unlink(Sleeper sleeper) {
        Sleeper before = sleeper.previous;
        Sleeper after = sleeper.next;
        if (before != null) {
            before.next = after;
        } else if (sleeper.exclusive) {
            firstExclusive = after;
        } else {
            first = after;
        }
        if (after != null) {
            after.previous = before;
        } else if (sleeper.exclusive) {
            lastExclusive = before;
        } else {
            last = before;
        }
        sleeper.previous = null;
        sleeper.next = null;
        count--;
        sleeper.waiters = null; // last: from here on it may be linked anew
    }

    void addWatcher(WatcherSide watcher, long since) {
        boolean joins = watcher.join(this);
        boolean listed = !joins;
        try {
            synchronized (this) {
                if (watcher.isStopped()) {
                    return;
                }
                if (joins) {
                    if (watching == watchers.length) {
                        watchers = Arrays.copyOf(watchers, Math.max(2, 2 * watching));
                    }
                    watchers[watching++] = watcher;
                    listed = true;
                }
                if (isTooLate(since)) {
                    watcher.wakeUp();
                }
            }
        } finally {
            if (!listed) {
                watcher.leave(this); // no memory: the next poll is not to take it for watched
            }
        }
    }

    @Override
    public void removeWatcher(WatcherSide watcher) {
        synchronized (this) {
            for (int i = watching - 1; i >= 0; i--) {
                if (watchers[i] == watcher) {
                    watchers[i] = watchers[--watching];
                    watchers[watching] = null;
                    return;
                }
            }
        }
    }

    synchronized int sleepers() {
        return count;
    }

    /** Shows what put each request to sleep that sleeps here without a thread. */
    synchronized void forEachRun(Consumer<BlockedRun> action) {
        forEachRun(first, action);
        forEachRun(firstExclusive, action);
    }

    private static void forEachRun(@Nullable Sleeper from, Consumer<BlockedRun> action) {
        for (Sleeper each = from; each != null; each = each.next) {
            BlockedRun run =
                    each instanceof RequestSide request ? BlockedRun.lastOf(request) : null;
            if (run != null) {
                action.accept(run);
            }
        }
    }

    void forget() {
        queue.forget(this);
    }
}
