package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;

/** A call of a device that stays calls one that is removed, and leaves its own gate first. */
public final class CallThroughAnotherGateModel extends Model {
    private final Hardware hardware = new Hardware(witness);
    private final FopsGate stays = FopsGate.of("stays", new FileOperations() {});
    private final FopsGate gate =
            FopsGate.builder("device", new FileOperations() {})
                    .onTeardown(hardware::tearDown)
                    .build();

    public CallThroughAnotherGateModel() {
        super(2);
    }

    @Override
    public void first() throws ErrnoException {
        long outer = stays.enter();
        long inner;
        try {
            inner = gate.enter();
        } catch (ErrnoException e) {
            stays.exit(outer);
            return; // ENODEV, its only one
        }
        hardware.use();
        stays.exit(outer);
        hardware.use();
        gate.exit(inner);
    }

    @Override
    public void second() {
        gate.unregisterSync();
        hardware.checkOff();
    }
}
