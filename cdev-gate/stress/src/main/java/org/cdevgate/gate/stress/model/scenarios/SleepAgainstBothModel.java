package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.stress.peers.SleepingGate;

/** A call goes to sleep while what it waits for comes and the device is removed. */
public final class SleepAgainstBothModel extends Model {
    private final Hardware hardware = new Hardware(witness);
    private final SleepingGate gate;

    public SleepAgainstBothModel(SleeperMaker maker) {
        super(3);
        gate = maker.make(hardware::tearDown);
    }

    @Override
    public void first() {
        gate.sleep();
    }

    @Override
    public void second() {
        gate.wake();
    }

    @Override
    public void third() {
        gate.unregisterSync();
        hardware.checkOff();
    }
}
