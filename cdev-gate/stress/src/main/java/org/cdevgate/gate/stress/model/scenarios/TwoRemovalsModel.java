package org.cdevgate.gate.stress.model.scenarios;

import static org.cdevgate.gate.stress.model.scenarios.CallAgainstRemovalModel.remove;

import org.cdevgate.gate.stress.peers.RemovableGate;

/** Two threads remove one device. */
public final class TwoRemovalsModel extends Model {
    private final Hardware hardware = new Hardware(witness);
    private final RemovableGate gate;
    private boolean firstDidIt;
    private boolean secondDidIt;

    public TwoRemovalsModel(GateMaker maker) {
        super(2);
        gate = maker.make(hardware::tearDown);
    }

    @Override
    public void first() {
        firstDidIt = remove(gate, hardware);
    }

    @Override
    public void second() {
        secondDidIt = remove(gate, hardware);
    }

    @Override
    public void afterwards() {
        super.afterwards();
        require(firstDidIt || secondDidIt, "neither remover was told that it tore down");
        require(!(firstDidIt && secondDidIt), "both removers were told that they tore down");
    }
}
