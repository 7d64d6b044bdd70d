package org.cdevgate.gate.stress.model.scenarios;

import static org.cdevgate.gate.stress.model.scenarios.CallAgainstRemovalModel.call;
import static org.cdevgate.gate.stress.model.scenarios.CallAgainstRemovalModel.remove;

import org.cdevgate.gate.stress.peers.RemovableGate;

/** Two calls, of one open file where the gate knows files, while the device is removed. */
public final class TwoCallsAgainstRemovalModel extends Model {
    private final Hardware hardware = new Hardware(witness);
    private final RemovableGate gate;

    public TwoCallsAgainstRemovalModel(GateMaker maker) {
        super(3);
        gate = maker.make(hardware::tearDown);
    }

    @Override
    public void first() {
        call(gate, hardware);
    }

    @Override
    public void second() {
        call(gate, hardware);
    }

    @Override
    public void third() {
        remove(gate, hardware);
    }
}
