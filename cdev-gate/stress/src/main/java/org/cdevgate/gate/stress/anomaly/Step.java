package org.cdevgate.gate.stress.anomaly;

/** Something that is done with what a trial is about. */
@FunctionalInterface
interface Step<T> {
    void run(T subject) throws Exception;
}
