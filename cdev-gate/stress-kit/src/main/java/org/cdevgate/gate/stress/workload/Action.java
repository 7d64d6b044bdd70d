package org.cdevgate.gate.stress.workload;

/** Something that a thread of the workload does in one step. Usually an entry of an enum. */
public interface Action {
    /** What it is called in reports and counts. */
    String name();

    /**
     * Does it once; all choices come from the worker's {@link StressWorker#dice}. What it throws is
     * reported as a failed run.
     */
    void run(StressWorker worker) throws Exception;
}
