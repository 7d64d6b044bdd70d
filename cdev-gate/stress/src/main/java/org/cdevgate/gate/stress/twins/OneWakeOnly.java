package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.peers.SleepingGate;
import org.cdevgate.gate.stress.script.PausePoints;

/**
 * <b>Broken</b>: sets the flag and calls the driver's wake-up once. The driver sleeps on a queue of
 * its own, which knows nothing of the flag: a call that looked at it before it was set and goes to
 * sleep after the wake-up is woken by nobody. FreeBSD's destroy_dev therefore calls d_purge again
 * and again while it waits.
 */
public final class OneWakeOnly implements SleepingGate {
    private final Runnable teardown;
    private final PausePoints points;
    private final CallCount calls = new CallCount();
    private final SleepQueue queue = new SleepQueue();
    private volatile boolean woken;
    private volatile boolean removing;

    public OneWakeOnly(Runnable teardown) {
        this(teardown, PausePoints.NONE);
    }

    OneWakeOnly(Runnable teardown, PausePoints points) {
        this.teardown = teardown;
        this.points = points;
    }

    @Override
    public boolean sleep() {
        calls.up();
        try {
            while (!woken && !removing) {
                points.at(SleepScenarios.BEFORE_SLEEP);
                queue.sleepUnless(() -> woken);
            }
            return woken;
        } finally {
            calls.down();
        }
    }

    @Override
    public void wake() {
        woken = true;
        queue.wakeAll();
    }

    @Override
    public synchronized boolean unregisterSync() {
        if (removing) {
            return false;
        }
        removing = true;
        queue.wakeAll();
        points.at(SleepScenarios.WOKEN);
        calls.awaitNone();
        teardown.run();
        return true;
    }
}
