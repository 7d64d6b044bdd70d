package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.stress.peers.RemovableGate;

/** One call while the device is removed. */
public final class CallAgainstRemovalModel extends Model {
    private final Hardware hardware = new Hardware(witness);
    private final RemovableGate gate;

    private CallAgainstRemovalModel(GateMaker maker) {
        super(2);
        gate = maker.make(hardware::tearDown);
    }

    /** By a thread that never called before. */
    public static CallAgainstRemovalModel firstCall(GateMaker maker) {
        return new CallAgainstRemovalModel(maker);
    }

    /** By a thread that has called this gate before: gates have a shorter way for that. */
    public static CallAgainstRemovalModel laterCall(GateMaker maker) {
        CallAgainstRemovalModel model = new CallAgainstRemovalModel(maker);
        model.first(); // the thread that prepares a run is its first
        return model;
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
