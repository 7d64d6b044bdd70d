package org.cdevgate.gate.stress.model.scenarios;

import static org.cdevgate.gate.stress.model.scenarios.CallAgainstRemovalModel.remove;

import org.cdevgate.gate.stress.peers.RemovableGate;

/**
 * A call that was in flight when the removal began ends while the removal notes it, marks its frame
 * and waits for it.
 */
public final class ExitAgainstRemovalModel extends Model {
    private final Hardware hardware = new Hardware(witness);
    private final RemovableGate gate;
    private final long ticket;

    public ExitAgainstRemovalModel(GateMaker maker) {
        super(2);
        gate = maker.make(hardware::tearDown);
        ticket = gate.enter(); // by the thread that prepares a run, which is its first
    }

    @Override
    public void first() {
        hardware.use();
        gate.exit(ticket);
    }

    @Override
    public void second() {
        remove(gate, hardware);
    }
}
