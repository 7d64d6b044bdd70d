package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;

/** Two threads that have never called before are inside: a removal would find both. */
public final class TwoFirstCallsModel extends Model {
    private final FopsGate gate = FopsGate.of("device", new FileOperations() {});

    public TwoFirstCallsModel() {
        super(2);
    }

    @Override
    public void first() throws ErrnoException {
        gate.enter();
    }

    @Override
    public void second() throws ErrnoException {
        gate.enter();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        int found = gate.callsInFlight().size();
        require(found == 2, "two calls are in flight, and a removal waits for " + found);
    }
}
