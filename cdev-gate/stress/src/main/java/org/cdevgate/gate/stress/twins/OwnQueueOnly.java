package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.peers.SleepingGate;
import org.cdevgate.gate.stress.script.PausePoints;

/**
 * <b>Broken</b>: sets the flag and wakes those that sleep on the device's own queue, in this order.
 * The driver is one of a device on a bus, and its call sleeps in a transfer, on a queue of the bus
 * adapter's, which knows nothing of this removal.
 */
public final class OwnQueueOnly implements SleepingGate {
    private final Runnable teardown;
    private final PausePoints points;
    private final CallCount calls = new CallCount();
    private final SleepQueue own = new SleepQueue();
    private final SleepQueue ofTheAdapter = new SleepQueue();
    private volatile boolean woken;
    private volatile boolean removing;

    public OwnQueueOnly(Runnable teardown) {
        this(teardown, PausePoints.NONE);
    }

    OwnQueueOnly(Runnable teardown, PausePoints points) {
        this.teardown = teardown;
        this.points = points;
    }

    @Override
    public boolean sleep() {
        calls.up();
        try {
            while (!woken && !removing) {
                points.at(SleepScenarios.BEFORE_SLEEP);
                ofTheAdapter.sleepUnless(() -> woken);
            }
            return woken;
        } finally {
            calls.down();
        }
    }

    @Override
    public void wake() {
        woken = true;
        ofTheAdapter.wakeAll();
    }

    @Override
    public synchronized boolean unregisterSync() {
        if (removing) {
            return false;
        }
        removing = true;
        own.wakeAll();
        points.at(SleepScenarios.WOKEN);
        calls.awaitNone();
        teardown.run();
        return true;
    }
}
