package org.cdevgate.gate.stress.workload;

import org.cdevgate.gate.GateBuilder;

/** Makes one device after another, each with a driver of its own. Called by any thread. */
@FunctionalInterface
public interface DeviceMaker {
    /**
     * Makes a driver and its gate.
     *
     * @return the builder that {@link NewDevice#gate} gave, with the driver's hooks
     */
    GateBuilder make(NewDevice device) throws Exception;
}
