package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;

/** A child is removed by itself and with its parent; a call is in the child. */
public final class ParentAndChildModel extends Model {
    private final Hardware parts = new Hardware(witness);
    private final Hardware bus = new Hardware(witness);
    private final FopsGate parent =
            FopsGate.builder("bus", new FileOperations() {}).onTeardown(this::tearDownBus).build();
    private final FopsGate child =
            FopsGate.builder("port", new FileOperations() {})
                    .parent(parent)
                    .onTeardown(parts::tearDown)
                    .build();

    public ParentAndChildModel() {
        super(3);
    }

    private void tearDownBus() {
        require(parts.isOff(), "a parent was torn down before its child");
        bus.tearDown();
    }

    @Override
    public void first() {
        long ticket;
        try {
            ticket = child.enter();
        } catch (ErrnoException e) {
            return; // ENODEV, its only one
        }
        parts.use();
        bus.use();
        child.exit(ticket);
    }

    @Override
    public void second() {
        child.unregisterSync();
        parts.checkOff();
    }

    @Override
    public void third() {
        parent.unregisterSync();
        parts.checkOff();
        bus.checkOff();
    }
}
