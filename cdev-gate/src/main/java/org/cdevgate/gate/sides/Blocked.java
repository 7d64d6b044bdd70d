package org.cdevgate.gate.sides;

/** What a run of a verb leaves that would block, as far as its request asks it. */
public interface Blocked {
    /** The bytes that its write has taken. */
    int moved();

    /** Wakes the queue that it names. */
    void wakeQueue();

    /** What the removal answers the request: a negated errno, or a result of 0 or more. */
    int removalAnswer();

    /** Whether a request that the removal finds asleep is to be run again all the same. */
    boolean isServedLater();
}
