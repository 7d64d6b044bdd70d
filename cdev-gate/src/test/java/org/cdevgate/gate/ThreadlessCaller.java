package org.cdevgate.gate;

import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.RequestSleeper;
import org.jspecify.annotations.Nullable;

/** A caller as a front has it that holds requests without a thread. */
class ThreadlessCaller extends Caller {
    @Override
    public int tid() {
        return 4712;
    }

    @Override
    public int pid() {
        return 4711;
    }

    @Override
    public int uid() {
        return 1000;
    }

    @Override
    public int gid() {
        return 100;
    }

    @Override
    protected boolean sleepsWithoutThread() {
        return true;
    }

    /** The next call is the next run of a request, or a new one. */
    final void goesOn(@Nullable RequestSleeper slept) {
        serves(slept);
    }
}
