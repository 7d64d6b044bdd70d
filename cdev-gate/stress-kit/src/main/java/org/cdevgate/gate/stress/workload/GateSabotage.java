package org.cdevgate.gate.stress.workload;

import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;

/** Breaks the gate on purpose, to see that the oracle notices. By default breaks nothing. */
public interface GateSabotage {
    /** Breaks nothing. */
    GateSabotage NONE = new GateSabotage() {};

    /** What stands between the gate and the oracle. */
    default FileOperations between(FileOperations watched) {
        return watched;
    }

    /** What removers call for {@link FopsGate#unregisterSync()}. */
    default boolean unregisterSync(FopsGate gate) {
        return gate.unregisterSync();
    }
}
