package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.Hold;

/** A hold is taken, used and released while the device is removed. */
public final class HoldAgainstRemovalModel extends Model {
    private final Hardware hardware = new Hardware(witness);
    private final FopsGate gate =
            FopsGate.builder("device", new FileOperations() {})
                    .onTeardown(hardware::tearDown)
                    .build();

    public HoldAgainstRemovalModel() {
        super(2);
    }

    @Override
    public void first() {
        Hold transfer;
        try {
            transfer = gate.hold("transfer");
        } catch (ErrnoException e) {
            return; // ENODEV, its only one
        }
        hardware.use();
        transfer.release();
    }

    @Override
    public void second() {
        gate.unregisterSync();
        hardware.checkOff();
    }
}
