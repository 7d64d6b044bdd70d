package org.cdevgate.gate.stress.workload;

import org.cdevgate.gate.front.PollWatcher;

/** Somebody who sleeps in poll until a wake-up. */
final class StressPoller extends PollWatcher {
    private volatile boolean told;

    @Override
    protected void wakeUp() {
        told = true;
    }

    boolean wasTold() {
        return told;
    }
}
