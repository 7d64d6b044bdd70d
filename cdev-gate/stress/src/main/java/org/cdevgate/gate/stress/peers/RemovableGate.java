package org.cdevgate.gate.stress.peers;

/**
 * What a gate is at least: calls enter and leave, and a removal tears down when nobody is inside.
 * The teardown is given when a gate is made.
 *
 * <p>All methods may be called by any thread.
 */
public interface RemovableGate {
    /**
     * Enters a call. The caller gives the ticket back to {@link #exit} once, on the same thread.
     *
     * @return a ticket, or 0 if the device is being removed
     */
    long enter();

    /**
     * Leaves.
     *
     * @param ticket of {@link #enter}, not 0
     */
    void exit(long ticket);

    /**
     * Refuses new calls, waits for those in flight and tears down. Returns when the teardown has
     * finished, whoever ran it.
     *
     * @return true for the one that tore down
     */
    boolean unregisterSync();
}
