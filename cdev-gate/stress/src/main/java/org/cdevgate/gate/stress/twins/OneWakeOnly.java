package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.script.PausePoints;

/**
 * <b>Broken</b>: sets the flag and calls the driver's wake-up once. The driver sleeps on a queue of
 * its own, which knows nothing of the flag: a call that looked at it before it was set and goes to
 * sleep after the wake-up is woken by nobody. FreeBSD's destroy_dev therefore calls d_purge again
 * and again while it waits.
 */
public final class OneWakeOnly extends BrokenSleeper {
    public OneWakeOnly(Runnable teardown) {
        this(teardown, PausePoints.NONE);
    }

    OneWakeOnly(Runnable teardown, PausePoints points) {
        super(teardown, points);
    }

    @Override
    void flagAndWake() {
        removing = true;
        queue.wakeAll();
        points.at(SleeperScenarios.WOKEN);
    }
}
