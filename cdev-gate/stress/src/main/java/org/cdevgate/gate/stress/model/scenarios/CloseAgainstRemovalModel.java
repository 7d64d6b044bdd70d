package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.OpenFile;

/** A file is closed while its device is removed. */
public final class CloseAgainstRemovalModel extends Model {
    private final ModelTap tap = new ModelTap(witness);
    private final OpenFile file = tap.open();

    public CloseAgainstRemovalModel() {
        super(2);
    }

    @Override
    public void first() {
        tap.gate.front().close(file);
    }

    @Override
    public void second() {
        tap.gate.unregisterSync();
        tap.checkAllReleased("when the removal has come back");
    }

    @Override
    public void afterwards() {
        super.afterwards();
        tap.checkAllReleased("at the end");
        require(file.isReleased(), "a closed file of a removed device is not released");
    }
}
