package org.cdevgate.gate.stress.model.scenarios;

import static org.cdevgate.gate.stress.model.scenarios.CallAgainstRemovalModel.call;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.stress.peers.RemovableGate;

/** One thread begins the removal and finishes it; another removes as well, and a call is made. */
public final class TwoHalvesModel extends Model implements RemovableGate {
    private final Hardware hardware = new Hardware(witness);
    private final FopsGate gate =
            FopsGate.builder("device", new FileOperations() {})
                    .onTeardown(hardware::tearDown)
                    .build();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger tornDown = new AtomicInteger();

    public TwoHalvesModel() {
        super(3);
    }

    @Override
    public long enter() {
        try {
            return gate.enter();
        } catch (ErrnoException e) {
            return 0; // ENODEV, its only one
        }
    }

    @Override
    public void exit(long ticket) {
        gate.exit(ticket);
    }

    @Override
    public boolean unregisterSync() {
        return gate.unregisterSync();
    }

    @Override
    public void first() {
        call(this, hardware);
    }

    @Override
    public void second() {
        if (gate.beginRemoval()) {
            begun.incrementAndGet();
        }
        if (gate.awaitRemoval()) {
            tornDown.incrementAndGet();
        }
        hardware.checkOff();
    }

    @Override
    public void third() {
        if (gate.beginRemoval()) {
            begun.incrementAndGet();
        }
        if (gate.awaitRemoval()) {
            tornDown.incrementAndGet();
        }
        hardware.checkOff();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        require(begun.get() == 1, begun + " threads were told that they began the removal");
        require(tornDown.get() == 1, tornDown + " threads were told that they tore down");
    }
}
