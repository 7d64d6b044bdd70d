package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.stress.peers.SleepingGate;

/** A call goes to sleep while what it waits for comes, and the device stays. */
public final class SleepAgainstWakeUpModel extends Model {
    private final SleepingGate gate;

    public SleepAgainstWakeUpModel(SleeperMaker maker) {
        super(2);
        gate = maker.make(() -> {});
    }

    @Override
    public void first() {
        require(gate.sleep(), "a call was told of a removal that never began");
    }

    @Override
    public void second() {
        gate.wake();
    }
}
