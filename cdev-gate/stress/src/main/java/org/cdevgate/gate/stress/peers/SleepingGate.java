package org.cdevgate.gate.stress.peers;

/**
 * A gate seen by a driver whose calls sleep: until something wakes them or the device is removed.
 *
 * <p>All methods may be called by any thread.
 */
public interface SleepingGate {
    /**
     * One call from its beginning to its end, which sleeps until {@link #wake} has been called,
     * also if that was before.
     *
     * @return false if it was refused or ended because the device is being removed
     */
    boolean sleep();

    /** What the calls wait for has come, and stays. */
    void wake();

    /** As {@link RemovableGate#unregisterSync}; wakes the calls that sleep. */
    boolean unregisterSync();
}
