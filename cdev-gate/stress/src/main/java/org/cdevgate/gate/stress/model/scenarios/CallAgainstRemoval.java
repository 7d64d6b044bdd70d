package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.stress.peers.RemovableGate;

/** One call while the device is removed. */
public final class CallAgainstRemoval extends Model {
    private final Hardware hardware = new Hardware(witness);
    private final RemovableGate gate;

    public CallAgainstRemoval(GateMaker maker) {
        super(2);
        gate = maker.make(hardware::tearDown);
    }

    @Override
    public void first() {
        call(gate, hardware);
    }

    @Override
    public void second() {
        remove(gate, hardware);
    }

    static void call(RemovableGate gate, Hardware hardware) {
        long ticket = gate.enter();
        if (ticket != 0) {
            hardware.use();
            gate.exit(ticket);
        }
    }

    static boolean remove(RemovableGate gate, Hardware hardware) {
        boolean here = gate.unregisterSync();
        hardware.checkOff();
        return here;
    }
}
