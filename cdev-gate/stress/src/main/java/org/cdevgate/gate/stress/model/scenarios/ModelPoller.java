package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.PollWatcher;

/** A process that polls a doorbell once, and is told to ask again or not. */
final class ModelPoller extends PollWatcher {
    private volatile boolean told;
    private volatile int events;

    @Override
    protected void wakeUp() {
        told = true;
    }

    void poll(ModelDoorbell bell) {
        events = bell.gate.front().poll(bell.file, Caller.local(), this);
    }

    /** Whether it knows, or will ask and then know. */
    boolean isTold(int expected) {
        return told || events == expected;
    }
}
