package org.cdevgate.gate.stress.driver;

import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.stress.oracle.Resource;
import org.cdevgate.gate.stress.workload.NewDevice;

/**
 * What a {@link DriverFactory} makes one device with. {@link #gate} is for the thread that makes
 * the device, {@link #resource} for any, at any time of the device's life.
 */
public final class Bench {
    private final NewDevice device;

    Bench(NewDevice device) {
        this.device = device;
    }

    /**
     * The builder of the driver's gate; add the driver's own hooks to it. Once for each device.
     *
     * @throws IllegalStateException if it was asked for already
     */
    public GateBuilder gate(FileOperations driver) {
        return device.gate(driver);
    }

    /**
     * Chooses {@link GateBuilder#lateRelease()}, in the place of that method: so the report takes
     * no release after the removal for an error. Each must still come once for each open file,
     * after the last call on it.
     *
     * @return the builder that {@link #gate} gave
     * @throws IllegalStateException if that was not asked for yet
     */
    public GateBuilder lateRelease() {
        return device.lateRelease();
    }

    /**
     * Something that the driver owns and has to free before the removal returns: registers, the
     * memory of an open file.
     *
     * @param name shown in findings, which are counted by it
     */
    public Resource resource(String name) {
        return device.resource(name);
    }
}
