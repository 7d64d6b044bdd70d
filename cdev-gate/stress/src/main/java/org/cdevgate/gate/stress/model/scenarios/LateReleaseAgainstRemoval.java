package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.OpenFile;

/** As {@link CloseAgainstRemoval}, of a driver that chose late release. */
public final class LateReleaseAgainstRemoval extends Model {
    private final Tap tap = Tap.withLateRelease(witness);
    private final OpenFile file = tap.open();

    public LateReleaseAgainstRemoval() {
        super(2);
    }

    @Override
    public void first() {
        tap.gate.close(file);
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
