package org.cdevgate.gate.stress.design;

import java.util.Set;

/**
 * A design of device removal, as a model that runs: it stands between processes and a driver. What
 * it does not model it throws {@link NotModelledException} for, and is not blamed.
 *
 * <p>For the command line it is a class with a public constructor without parameters. Called by any
 * thread.
 */
@FunctionalInterface
public interface Design {
    /**
     * Registers a device.
     *
     * @param minor a number that no other registered device has; a removed device's may come again
     */
    ModelDevice register(int minor, ModelDriver driver);

    /** How the matrix names it. */
    default String name() {
        return getClass().getSimpleName();
    }

    /**
     * Promises that are the driver's business with this design, such as a building block leaves.
     */
    default Set<Promise> leavesToTheDriver() {
        return Set.of();
    }

    /**
     * Whether the driver's release comes with the last close also if that is after the removal, as
     * on Linux. A release then uses nothing that the teardown frees, and no removal waits for it.
     */
    default boolean releasesLate() {
        return false;
    }
}
