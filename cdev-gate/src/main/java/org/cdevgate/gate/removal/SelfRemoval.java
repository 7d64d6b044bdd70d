package org.cdevgate.gate.removal;

/**
 * What a removal does when its own thread is inside the gate, where waiting for the calls in flight
 * would be waiting for itself. On a thread that is not inside, each is {@link
 * org.cdevgate.gate.FopsGate#unregisterSync()}.
 */
public enum SelfRemoval {
    /** Nothing is done; {@link SelfRemovalException} names the call and the remedy. The default. */
    REFUSE,

    /**
     * The device is flagged, its name taken away and its sleepers woken now; the rest is done by
     * another thread when this thread's calls have ended (as FreeBSD's destroy_dev_sched(9)).
     */
    DEFER,

    /**
     * The calls that this thread has in flight are left out of the count, of this removal and of
     * every other one, and the removal goes on to its end now, its teardown included. What is left
     * of those calls must touch nothing that the teardown has freed (as after
     * kernfs_break_active_protection() of linux/kernfs.h). Nothing is left out that the thread
     * begins later, and nothing at all if the removal is refused.
     */
    LEAVE_OUT
}
