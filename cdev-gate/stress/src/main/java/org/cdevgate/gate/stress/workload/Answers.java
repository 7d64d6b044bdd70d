package org.cdevgate.gate.stress.workload;

import org.cdevgate.gate.OpenFile;

/** Which errors a live device may answer. */
@FunctionalInterface
public interface Answers {
    /**
     * Whether a caller may get this error.
     *
     * @param worker the caller
     * @param file null in open
     * @param errno positive
     */
    boolean allow(Worker worker, Device device, OpenFile file, int errno);
}
