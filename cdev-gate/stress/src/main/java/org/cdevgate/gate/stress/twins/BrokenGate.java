package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.peers.RemovableGate;
import org.cdevgate.gate.stress.script.PausePoints;

/**
 * What the broken gates have in common: a flag, a wait for the calls, a teardown, in this order.
 */
abstract class BrokenGate implements RemovableGate {
    final PausePoints points;
    final CallCount calls = new CallCount();
    volatile boolean removing;
    private final Runnable teardown;

    BrokenGate(Runnable teardown, PausePoints points) {
        this.teardown = teardown;
        this.points = points;
    }

    @Override
    public void exit(long ticket) {
        calls.down();
    }

    @Override
    public synchronized boolean unregisterSync() {
        if (removing) {
            return false;
        }
        removing = true;
        awaitCalls();
        teardown.run();
        return true;
    }

    void awaitCalls() {
        calls.awaitNone();
    }
}
