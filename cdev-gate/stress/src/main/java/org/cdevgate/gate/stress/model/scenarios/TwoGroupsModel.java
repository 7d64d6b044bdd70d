package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateGroup;

/** Two groups share their members, in different order, and are removed at the same time. */
public final class TwoGroupsModel extends Model {
    private final Hardware here = new Hardware(witness);
    private final Hardware there = new Hardware(witness);
    private final FopsGate one =
            FopsGate.builder("one", new FileOperations() {}).onTeardown(here::tearDown).build();
    private final FopsGate other =
            FopsGate.builder("other", new FileOperations() {}).onTeardown(there::tearDown).build();

    public TwoGroupsModel() {
        super(2);
    }

    @Override
    public void first() {
        remove(GateGroup.of(one, other));
    }

    @Override
    public void second() {
        remove(GateGroup.of(other, one));
    }

    private void remove(GateGroup group) {
        group.unregisterSync();
        here.checkOff();
        there.checkOff();
    }
}
