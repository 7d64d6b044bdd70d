package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.stress.peers.SleepingGate;

/** A call goes to sleep while its device is removed, and nothing else will wake it. */
public final class SleepAgainstRemovalModel extends Model {
    private final Hardware hardware = new Hardware(witness);
    private final SleepingGate gate;

    public SleepAgainstRemovalModel(SleeperMaker maker) {
        super(2);
        gate = maker.make(hardware::tearDown);
    }

    @Override
    public void first() {
        require(!gate.sleep(), "a call was woken with data that never came");
    }

    @Override
    public void second() {
        gate.unregisterSync();
        hardware.checkOff();
    }
}
