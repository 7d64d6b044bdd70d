package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.peers.SleepingGate;
import org.cdevgate.gate.stress.script.PausePoints;

/** What the broken gates with a sleeping driver have in common. Their calls are counted. */
abstract class BrokenSleeper implements SleepingGate {
    final PausePoints points;

    /** Where the driver's calls sleep. */
    final SleepQueue queue = new SleepQueue();

    volatile boolean woken;
    volatile boolean removing;
    private final Runnable teardown;
    private final CallCount calls = new CallCount();

    BrokenSleeper(Runnable teardown, PausePoints points) {
        this.teardown = teardown;
        this.points = points;
    }

    /** The driver's call. */
    boolean sleepInside() {
        while (!woken && !removing) {
            points.at(SleeperScenarios.BEFORE_SLEEP);
            queue.sleepUnless(() -> woken);
        }
        return woken;
    }

    abstract void flagAndWake();

    @Override
    public boolean sleep() {
        calls.up();
        try {
            return sleepInside();
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
        flagAndWake();
        calls.awaitNone();
        teardown.run();
        return true;
    }
}
