package org.cdevgate.gate.stress.workload;

import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;

/**
 * What callers may get from a device. By default anything: what comes after the removal is the
 * choice of the gate's profile, and what comes before it the driver's.
 */
public interface AllowedAnswers {
    /** Allows anything. */
    AllowedAnswers ANY = new AllowedAnswers() {};

    /**
     * Whether a caller may get this error from a live device.
     *
     * @param worker the caller
     * @param file null in open
     * @param errno positive
     */
    default boolean live(StressWorker worker, StressedDevice device, OpenFile file, int errno) {
        return true;
    }

    /**
     * Whether a caller may get this from a removed device, or be told it when its sleep without a
     * thread is ended by the removal.
     *
     * @param result of the verb, or a negated errno
     */
    default boolean removed(Verb verb, long result) {
        return true;
    }
}
