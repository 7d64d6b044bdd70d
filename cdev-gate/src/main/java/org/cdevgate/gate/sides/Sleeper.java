package org.cdevgate.gate.sides;

import org.jspecify.annotations.Nullable;

/**
 * A place in a wait queue: a parked thread or a request without one. Linked into its queue's list
 * itself, so sleeping allocates nothing beyond the sleeper.
 *
 * <p>{@code waiters} and the links are guarded by that list's lock; a sleeper is on at most one.
 */
public abstract class Sleeper {
    public volatile @Nullable SleeperList waiters;
    public @Nullable Sleeper previous;
    public @Nullable Sleeper next;
    public long joined; // which of those that ever joined the list it is

    /** Whether a wake-up that wakes one of these leaves the others; set before it joins a list. */
    public boolean exclusive;

    /** Whether {@link #woken()} or {@link #gone()} has come so far that it must not be repeated. */
    public boolean handedOn;

    protected Sleeper() {}

    /** Called once after a wake-up took the sleeper off its queue; no lock held; must not block. */
    public abstract void woken();

    /** Called once, instead of {@link #woken()}, when the gate's removal took it off. */
    public abstract void gone();

    /** Whether no wake-up, removal or cancel has taken the sleeper off its queue yet. */
    public final boolean isQueued() {
        return waiters != null;
    }

    /**
     * Takes the sleeper off its queue.
     *
     * @return true if it was still there, so that neither {@link #woken()} nor {@link #gone()} is
     *     or will be called
     */
    public final boolean cancel() {
        while (true) {
            SleeperList list = waiters;
            if (list == null) {
                return false;
            }
            if (list.remove(this)) {
                return true;
            }
        }
    }
}
