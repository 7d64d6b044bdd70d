package org.cdevgate.gate.stress.model.scenarios;

import java.util.function.Function;
import org.cdevgate.gate.stress.peers.ActingGate;

/**
 * A device is removed for a call that does not wait for it, and ends meanwhile. The next call of
 * its thread, in the same frame, has asked for nothing.
 */
public final class RemovalForACallModel extends Model {
    private final Hardware hardware = new Hardware(witness);
    private final ActingGate gate;
    private volatile long asking;

    public RemovalForACallModel(Function<Runnable, ActingGate> maker) {
        super(2);
        gate = maker.apply(hardware::tearDown);
    }

    @Override
    public void first() {
        long ticket = gate.enter();
        asking = ticket;
        if (ticket != 0) {
            gate.exit(ticket); // it uses nothing any more
        }
        CallAgainstRemovalModel.call(gate, hardware);
    }

    @Override
    public void second() {
        long ticket = asking;
        if (ticket != 0) {
            gate.unregisterFor(ticket);
        } else {
            gate.unregisterSync();
        }
        hardware.checkOff();
    }
}
