package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.peers.RemovableGate;

/**
 * <b>Broken</b>: looks at a flag and then uses the device, and counts nothing. The {@code if
 * (dev->gone) return -ENODEV;} at the top of a verb, with no lock around the rest.
 */
public final class CheckThenUse implements RemovableGate {
    private final Runnable teardown;
    private volatile boolean removing;

    public CheckThenUse(Runnable teardown) {
        this.teardown = teardown;
    }

    @Override
    public long enter() {
        return removing ? 0 : 1;
    }

    @Override
    public void exit(long ticket) {
        // Nothing was counted.
    }

    @Override
    public synchronized boolean unregisterSync() {
        if (removing) {
            return false;
        }
        removing = true;
        teardown.run();
        return true;
    }
}
