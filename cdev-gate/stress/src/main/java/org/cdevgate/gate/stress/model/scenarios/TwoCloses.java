package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.OpenFile;

/** A file is closed twice at the same time, as a front might that loses count. */
public final class TwoCloses extends Model {
    private final Tap tap = new Tap(witness);
    private final OpenFile file = tap.open();

    public TwoCloses() {
        super(2);
    }

    @Override
    public void first() {
        tap.gate.close(file);
        tap.checkAllReleased("when a close has come back");
    }

    @Override
    public void second() {
        tap.gate.close(file);
        tap.checkAllReleased("when a close has come back");
    }
}
