package org.cdevgate.gate.stress;

import org.cdevgate.gate.front.Caller;

/** A caller whose requests sleep without a thread. */
public final class ThreadlessFront extends Caller {
    @Override
    public int tid() {
        return 1;
    }

    @Override
    public int pid() {
        return 1;
    }

    @Override
    public int uid() {
        return 0;
    }

    @Override
    public int gid() {
        return 0;
    }

    @Override
    protected boolean sleepsWithoutThread() {
        return true;
    }
}
