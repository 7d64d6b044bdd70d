package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.script.PausePoints;

/**
 * <b>Broken</b>: wakes the sleepers and sets the flag then. One that goes to sleep in between, or
 * looks again in between and sleeps on, is woken by nobody; the remover waits for it for ever. It
 * comes of a driver that wakes its queue in {@code remove()} and unregisters last.
 */
public final class WakeBeforeFlag extends BrokenSleeper {
    static final String BETWEEN = "between wake and flag";

    public WakeBeforeFlag(Runnable teardown) {
        this(teardown, PausePoints.NONE);
    }

    WakeBeforeFlag(Runnable teardown, PausePoints points) {
        super(teardown, points);
    }

    @Override
    boolean sleepInside() {
        if (removing) {
            return false;
        }
        points.at(SleeperScenarios.BEFORE_SLEEP);
        while (!woken && !removing) {
            queue.sleepUnless(() -> woken || removing);
        }
        return woken;
    }

    @Override
    void flagAndWake() {
        queue.wakeAll();
        points.at(BETWEEN);
        removing = true;
    }
}
