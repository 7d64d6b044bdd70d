package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.OpenFile;

/** As {@link CloseAgainstRemovalModel}, of a driver that chose late release. */
public final class LateReleaseAgainstRemovalModel extends Model {
    private final ModelTap tap = ModelTap.withLateRelease(witness);
    private final OpenFile file = tap.open();

    public LateReleaseAgainstRemovalModel() {
        super(2);
    }

    @Override
    public void first() {
        tap.gate.front().close(file);
        tap.checkAllReleased("when the close has come back");
    }

    @Override
    public void second() {
        tap.gate.unregisterSync();
        tap.checkAllDestroyed("when the removal has come back");
    }

    @Override
    public void afterwards() {
        super.afterwards();
        tap.checkAllReleased("at the end");
    }
}
