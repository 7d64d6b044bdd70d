package org.cdevgate.gate.stress.workload;

import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.stress.oracle.DeviceLife;
import org.cdevgate.gate.stress.oracle.Resource;
import org.cdevgate.gate.stress.oracle.WatchedDriver;

/** A device that is being made. For the thread that makes it; {@link #resource} for any. */
public final class NewDevice {
    private final StressRun run;
    private final Slot slot;
    private final DeviceLife life;
    private FileOperations driver;
    private GateBuilder builder;
    private StressedDevice parent;
    private volatile StressedDevice made;

    NewDevice(StressRun run, Slot slot, DeviceLife life) {
        this.run = run;
        this.slot = slot;
        this.life = life;
    }

    /** The run it is made for. */
    public StressRun run() {
        return run;
    }

    /** The number of its place, 0 or more. */
    public int slot() {
        return slot.number();
    }

    /** What the oracle knows of it. */
    public DeviceLife life() {
        return life;
    }

    /** The device, once it is made. */
    public StressedDevice made() {
        return made;
    }

    /** Something that the driver owns. */
    public Resource resource(String name) {
        return new Resource(name, life);
    }

    /** The gate of the driver, with the oracle between the two. Once for each device. */
    public GateBuilder gate(FileOperations newDriver) {
        if (builder != null) {
            throw new IllegalStateException("a gate for " + life.name() + " was made already");
        }
        driver = newDriver;
        run.exercise().driver(newDriver);
        StressPlan plan = run.plan();
        builder =
                FopsGate.builder(
                                life.name(),
                                plan.sabotage.between(
                                        new WatchedDriver(newDriver, life, plan.expected)))
                        // Teardowns run in reverse order: this one after all of the driver's.
                        .onTeardown(life::teardownEnds);
        return builder;
    }

    /**
     * Chooses {@link GateBuilder#lateRelease()} and tells the oracle of it. After {@link #gate}.
     */
    public GateBuilder lateRelease() {
        if (builder == null) {
            throw new IllegalStateException(
                    "lateRelease() before gate(driver); ask for the gate of the driver first");
        }
        life.releasesLate();
        return builder.lateRelease();
    }

    /** Makes it a child of another device. After {@link #gate}. */
    public void parent(StressedDevice device) {
        builder.parent(device.gate());
        parent = device;
    }

    /** Calls the maker; null if the device was to be the child of one that is being removed. */
    StressedDevice make() throws Exception {
        GateBuilder given = run.plan().maker.make(this);
        if (given == null || given != builder) {
            throw new IllegalStateException(
                    "the factory returned another gate than the one of its bench; begin with"
                            + " bench.gate(driver) and return that builder");
        }
        given.onTeardown(life::teardownBegins); // before all of the driver's
        FopsGate gate;
        try {
            gate = given.build();
        } catch (IllegalStateException e) {
            if (parent == null || !parent.life().isRemovalCalled()) {
                throw e;
            }
            run.counts().add("child refused, its parent was being removed");
            life.removerCalls();
            life.removerReturned(); // what it was built with is torn down all the same
            return null;
        }
        made = new StressedDevice(run, slot, life, gate, driver, parent);
        return made;
    }
}
