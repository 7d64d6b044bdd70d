package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.front.Caller;

/** A file is opened while its device is removed. */
public final class OpenAgainstRemovalModel extends Model {
    private final ModelTap tap = new ModelTap(witness);
    private boolean refused;

    public OpenAgainstRemovalModel() {
        super(2);
    }

    @Override
    public void first() {
        try {
            tap.gate.front().open(0, Caller.local());
        } catch (ErrnoException e) {
            refused = true; // ENODEV, its only one
        }
    }

    @Override
    public void second() {
        tap.gate.unregisterSync();
        tap.checkAllReleased("when the removal has come back");
    }

    @Override
    public void afterwards() {
        super.afterwards();
        require(tap.opens() == (refused ? 0 : 1), "a refused open reached the driver");
        tap.checkAllReleased("at the end");
    }
}
