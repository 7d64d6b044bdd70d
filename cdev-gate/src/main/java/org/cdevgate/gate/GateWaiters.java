package org.cdevgate.gate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sleepers and pollers of one gate on one {@link WaitQueue}.
 *
 * <p><b>No lost wake-up.</b> Each gate has a clock that every wake-up of its queues advances. A
 * parked sleeper joins the list and then checks its condition. A request has checked before it
 * joins, so it brings the clock's value from the start of its run: if {@link #lastWake} is later, a
 * wake-up came after it may have looked, and it does not join. A waker changes the state, then
 * advances the clock, then takes the lock: if its locked part comes first the request sees
 * lastWake, if the request's comes first the waker finds it on the list.
 *
 * <p><b>Removal.</b> The flag is set before {@link #removeAll} takes the lock, and {@link #add}
 * reads it under the lock: a sleeper is either refused or taken off by the remover.
 *
 * <p>The lock covers list operations only. Sleepers are taken off in one go and woken one by one
 * outside it, and a woken thread does not need it again to go on.
 */
final class GateWaiters {
    private static final Logger LOG = LoggerFactory.getLogger(FopsGate.class);

    final FopsGate gate;
    private final WaitQueue queue;

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock.
    private Sleeper first;
    private Sleeper last;
    private int count;
    private int exclusives;
    private boolean hadExclusives;
    private long lastWake;
    private final Set<PollWatcher> watchers = new LinkedHashSet<>(2);

    GateWaiters(WaitQueue queue, FopsGate gate) {
        this.queue = queue;
        this.gate = gate;
    }

    boolean add(Sleeper sleeper, long since) {
        lock.lock();
        try {
            if (gate.isRemoving() || lastWake > since) {
                return false;
            }
            sleeper.previous = last;
            sleeper.next = null;
            if (last == null) {
                first = sleeper;
            } else {
                last.next = sleeper;
            }
            last = sleeper;
            count++;
            exclusives += sleeper.exclusive ? 1 : 0;
            hadExclusives |= sleeper.exclusive;
            sleeper.waiters = this;
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean remove(Sleeper sleeper) {
        lock.lock();
        try {
            if (sleeper.waiters != this) {
                return false;
            }
            unlink(sleeper);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Wakes all but the exclusive sleepers, and of those at most so many, the oldest first.
     *
     * @return how many exclusive ones were woken
     */
    int wakeUp(int mostExclusive) {
        long now = gate.advanceWakeClock();
        List<Sleeper> taken;
        int exclusive;
        lock.lock();
        try {
            // Two wakers may take the lock in the other order than the clock.
            lastWake = Math.max(lastWake, now);
            exclusive = Math.min(mostExclusive, exclusives);
            taken = exclusive == exclusives ? takeAll() : takeAllBut(exclusives - exclusive);
            watchers.forEach(this::tell);
        } finally {
            lock.unlock();
        }
        for (Sleeper sleeper : taken) {
            try {
                sleeper.woken();
            } catch (Throwable e) {
                LOG.error("a sleeper of {} on {} cannot be woken", gate, queue, e);
            }
        }
        return exclusive;
    }

    /**
     * Takes every sleeper off for the gate's removal, whose flag is set already, and tells each. A
     * wake-up that went to an exclusive one just before, and now finds the device gone when it is
     * to look, may have been another gate's due.
     */
    void removeAll() {
        List<Sleeper> taken;
        boolean passesOn;
        lock.lock();
        try {
            taken = takeAll();
            passesOn = hadExclusives;
            watchers.forEach(this::tell);
        } finally {
            lock.unlock();
        }
        for (Sleeper sleeper : taken) {
            try {
                sleeper.gone();
            } catch (Throwable e) {
                LOG.error("a sleeper of {} on {} cannot be told of the removal", gate, queue, e);
            }
        }
        if (passesOn) {
            queue.wakeUpOthers(this);
        }
    }

    private void unlink(Sleeper sleeper) {
        if (sleeper.previous == null) {
            first = sleeper.next;
        } else {
            sleeper.previous.next = sleeper.next;
        }
        if (sleeper.next == null) {
            last = sleeper.previous;
        } else {
            sleeper.next.previous = sleeper.previous;
        }
        sleeper.previous = null;
        sleeper.next = null;
        count--;
        exclusives -= sleeper.exclusive ? 1 : 0;
        sleeper.waiters = null; // last: from here on it may be linked anew
    }

    /** Leaves the youngest exclusive sleepers. */
    private List<Sleeper> takeAllBut(int left) {
        List<Sleeper> taken = new ArrayList<>(count - left);
        int takes = exclusives - left;
        for (Sleeper each = first; each != null; ) {
            Sleeper following = each.next;
            if (!each.exclusive || takes-- > 0) {
                unlink(each);
                taken.add(each);
            }
            each = following;
        }
        return taken;
    }

    // A list of its own, because a sleeper may go to sleep again, and so be linked anew, as soon as
    // its waiters field is cleared.
    private List<Sleeper> takeAll() {
        if (first == null) {
            return List.of();
        }
        List<Sleeper> taken = new ArrayList<>(count);
        for (Sleeper each = first; each != null; ) {
            Sleeper following = each.next;
            each.previous = null;
            each.next = null;
            each.waiters = null;
            taken.add(each);
            each = following;
        }
        first = null;
        last = null;
        count = 0;
        exclusives = 0;
        return taken;
    }

    private void tell(PollWatcher watcher) {
        try {
            watcher.wakeUp();
        } catch (Throwable e) {
            LOG.error("a poller of {} on {} cannot be told", gate, queue, e);
        }
    }

    void addWatcher(PollWatcher watcher, long since) {
        boolean joins = watcher.join(this);
        lock.lock();
        try {
            if (watcher.isStopped()) {
                return;
            }
            if (joins) {
                watchers.add(watcher);
            }
            if (lastWake > since) {
                tell(watcher);
            }
        } finally {
            lock.unlock();
        }
    }

    void removeWatcher(PollWatcher watcher) {
        lock.lock();
        try {
            watchers.remove(watcher);
        } finally {
            lock.unlock();
        }
    }

    int sleepers() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Shows each request that sleeps here without a thread. */
    void forEachRequest(Consumer<RequestSleeper> action) {
        lock.lock();
        try {
            for (Sleeper each = first; each != null; each = each.next) {
                if (each instanceof RequestSleeper) {
                    action.accept((RequestSleeper) each);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    void forget() {
        queue.forget(this);
    }
}
