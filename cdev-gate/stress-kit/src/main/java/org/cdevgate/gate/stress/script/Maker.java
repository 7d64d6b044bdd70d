package org.cdevgate.gate.stress.script;

/** Makes the gate that a scenario is played on. */
@FunctionalInterface
public interface Maker<G> {
    /**
     * A new gate.
     *
     * @param teardown of its device
     * @param points where the gate's code can be stopped, if it has such places
     */
    G make(Runnable teardown, PausePoints points);
}
