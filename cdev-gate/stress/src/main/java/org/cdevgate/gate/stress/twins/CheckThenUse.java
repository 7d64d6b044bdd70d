package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.script.PausePoints;

/**
 * <b>Broken</b>: looks at a flag and then uses the device, and counts nothing. The {@code if
 * (dev->gone) return -ENODEV;} at the top of a verb, with no lock around the rest.
 */
public final class CheckThenUse extends BrokenGate {
    public CheckThenUse(Runnable teardown) {
        super(teardown, PausePoints.NONE);
    }

    @Override
    public long enter() {
        return removing ? 0 : 1;
    }

    @Override
    public void exit(long ticket) {
        // Nothing was counted.
    }
}
