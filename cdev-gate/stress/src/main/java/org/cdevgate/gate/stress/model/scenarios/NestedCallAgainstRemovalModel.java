package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;

/**
 * A call enters its own gate again while the device is removed. The inner one may be refused; the
 * outer one stays valid, also after the inner one has left.
 */
public final class NestedCallAgainstRemovalModel extends Model {
    private final Hardware hardware = new Hardware(witness);
    private final FopsGate gate =
            FopsGate.builder("device", new FileOperations() {})
                    .onTeardown(hardware::tearDown)
                    .build();

    public NestedCallAgainstRemovalModel() {
        super(2);
    }

    @Override
    public void first() {
        long outer;
        try {
            outer = gate.enter();
        } catch (ErrnoException e) {
            return; // ENODEV, its only one
        }
        try {
            long inner = gate.enter();
            hardware.use();
            gate.exit(inner);
        } catch (ErrnoException e) {
            require(gate.isRemoving(), "a nested call of a live device was refused");
        }
        hardware.use();
        gate.exit(outer);
    }

    @Override
    public void second() {
        gate.unregisterSync();
        hardware.checkOff();
    }
}
