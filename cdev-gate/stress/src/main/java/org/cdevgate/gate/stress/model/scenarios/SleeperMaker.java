package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.stress.peers.SleepingGate;

/** Makes the gate that a scenario with a sleeper is about. */
@FunctionalInterface
public interface SleeperMaker {
    /** A gate whose removal runs the teardown once. */
    SleepingGate make(Runnable teardown);
}
