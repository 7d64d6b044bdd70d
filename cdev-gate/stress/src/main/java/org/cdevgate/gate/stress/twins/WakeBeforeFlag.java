package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.peers.SleepingGate;
import org.cdevgate.gate.stress.script.PausePoints;

/**
 * <b>Broken</b>: wakes the sleepers and sets the flag then. One that goes to sleep in between, or
 * looks again in between and sleeps on, is woken by nobody; the remover waits for it for ever. It
 * comes of a driver that wakes its queue in {@code remove()} and unregisters last.
 */
public final class WakeBeforeFlag implements SleepingGate {
    static final String BETWEEN = "between wake and flag";

    private final Runnable teardown;
    private final PausePoints points;
    private final CallCount calls = new CallCount();
    private final SleepQueue queue = new SleepQueue();
    private volatile boolean woken;
    private volatile boolean removing;

    public WakeBeforeFlag(Runnable teardown) {
        this(teardown, PausePoints.NONE);
    }

    WakeBeforeFlag(Runnable teardown, PausePoints points) {
        this.teardown = teardown;
        this.points = points;
    }

    @Override
    public boolean sleep() {
        calls.up();
        try {
            if (removing) {
                return false;
            }
            points.at(SleepScenarios.BEFORE_SLEEP);
            while (!woken && !removing) {
                queue.sleepUnless(() -> woken || removing);
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
        queue.wakeAll();
        points.at(BETWEEN);
        removing = true;
        calls.awaitNone();
        teardown.run();
        return true;
    }
}
