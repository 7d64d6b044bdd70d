package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.script.PausePoints;

/**
 * <b>Broken</b>: sets the flag and wakes those that sleep on the device's own queue, in this order.
 * The driver is one of a device on a bus, and its call sleeps in a transfer, on a queue of the bus
 * adapter's, which knows nothing of this removal.
 */
public final class OwnQueueOnly extends BrokenSleeper {
    private final SleepQueue own = new SleepQueue();

    public OwnQueueOnly(Runnable teardown) {
        this(teardown, PausePoints.NONE);
    }

    OwnQueueOnly(Runnable teardown, PausePoints points) {
        super(teardown, points);
    }

    @Override
    void flagAndWake() {
        removing = true;
        own.wakeAll(); // the calls sleep on the adapter's
        points.at(SleeperScenarios.WOKEN);
    }
}
