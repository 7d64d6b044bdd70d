package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.OpenFile;

/** A file is closed twice at the same time, as a front might that loses count. */
public final class TwoClosesModel extends Model {
    private final ModelTap tap = new ModelTap(witness);
    private final OpenFile file = tap.open();

    public TwoClosesModel() {
        super(2);
    }

    @Override
    public void first() {
        tap.gate.front().close(file);
        tap.checkAllReleased("when a close has come back");
    }

    @Override
    public void second() {
        tap.gate.front().close(file);
        tap.checkAllReleased("when a close has come back");
    }
}
