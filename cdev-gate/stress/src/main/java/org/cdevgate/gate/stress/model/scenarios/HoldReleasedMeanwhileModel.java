package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.Hold;

/**
 * A part of the work that a hold stands for runs on one thread while another releases the hold and
 * a third removes the device. The part has the device to its end, or does not begin.
 */
public final class HoldReleasedMeanwhileModel extends Model {
    private final Hardware hardware = new Hardware(witness);
    private final FopsGate gate =
            FopsGate.builder("device", new FileOperations() {})
                    .onTeardown(hardware::tearDown)
                    .build();
    private final Hold transfer;

    public HoldReleasedMeanwhileModel() {
        super(3);
        try {
            transfer = gate.hold("transfer");
        } catch (ErrnoException e) {
            throw new IllegalStateException("a new device refuses its first hold", e);
        }
    }

    @Override
    public void first() throws Exception {
        try {
            transfer.run(hardware::use);
        } catch (IllegalStateException e) {
            require(transfer.isReleased(), "a hold that was not released could not be used");
        }
    }

    @Override
    public void second() {
        transfer.release();
    }

    @Override
    public void third() {
        gate.unregisterSync();
        hardware.checkOff();
    }
}
