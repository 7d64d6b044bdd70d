package org.cdevgate.gate;

/**
 * Something of a driver's that a removal runs: a wake hook, a teardown. What it throws is logged.
 */
@FunctionalInterface
public interface DriverAction {
    /** Does it. */
    void run() throws Exception;
}
