package org.cdevgate.gate.stress.driver;

import org.cdevgate.gate.GateBuilder;

/**
 * Makes a device, with a driver of its own each time. Called often, by several threads. For the
 * command line it is a class with a public constructor without parameters.
 */
@FunctionalInterface
public interface DriverFactory {
    /**
     * Makes one.
     *
     * @return the builder that {@link Bench#gate} gave, with the wake hook, the size and the
     *     teardown that the driver needs
     * @throws Exception ends the run with a finding
     */
    GateBuilder make(Bench bench) throws Exception;
}
