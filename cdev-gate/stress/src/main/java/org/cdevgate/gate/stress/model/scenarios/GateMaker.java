package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.stress.peers.RemovableGate;

/** Makes the gate that a scenario is about. */
@FunctionalInterface
public interface GateMaker {
    /** A gate whose removal runs the teardown once. */
    RemovableGate make(Runnable teardown);
}
