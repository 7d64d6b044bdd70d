package org.cdevgate.gate.stress.model.scenarios;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.front.RemovalListener;

/**
 * A front registers a device's name while the device is removed. Either it is refused, or it is
 * told to take the name away again.
 */
public final class ListenerAgainstRemovalModel extends Model implements RemovalListener {
    private final FopsGate gate = FopsGate.of("device", new FileOperations() {});
    private final AtomicInteger taken = new AtomicInteger();
    private boolean refused;

    public ListenerAgainstRemovalModel() {
        super(2);
    }

    @Override
    public void onFlagged() {
        taken.incrementAndGet();
    }

    @Override
    public void first() {
        try {
            gate.front().addRemovalListener(this);
        } catch (ErrnoException e) {
            refused = true; // ENODEV, its only one
        }
    }

    @Override
    public void second() {
        gate.unregisterSync();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        require(
                taken.get() == (refused ? 0 : 1),
                "the name of a removed device was taken away " + taken + " times, not once");
    }
}
