package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.front.RemovalListener;

/**
 * Two threads remove one device, whose front and driver look at the order: name gone, drained, torn
 * down, each once.
 */
public final class RemovalInOrderModel extends Model implements RemovalListener {
    private final FopsGate gate =
            FopsGate.builder("device", new FileOperations() {})
                    .onTeardown(() -> step("teardown", 2))
                    .build();
    private volatile int steps;

    public RemovalInOrderModel() {
        super(2);
        try {
            gate.front().addRemovalListener(this);
        } catch (ErrnoException e) {
            throw new IllegalStateException("a new device refuses a listener", e);
        }
    }

    private void step(String name, int before) {
        int done = steps;
        require(done == before, name + " came after " + done + " steps, not " + before);
        steps = done + 1;
    }

    @Override
    public void onFlagged() {
        step("name gone", 0);
    }

    @Override
    public void onDrained() {
        step("drained", 1);
    }

    @Override
    public void onTornDown() {
        step("torn down", 3);
    }

    @Override
    public void first() {
        remove();
    }

    @Override
    public void second() {
        remove();
    }

    private void remove() {
        gate.unregisterSync();
        int done = steps;
        require(done == 4, "a remover came back after " + done + " of 4 steps");
    }
}
