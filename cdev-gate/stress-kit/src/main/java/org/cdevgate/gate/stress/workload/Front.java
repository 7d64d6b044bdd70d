package org.cdevgate.gate.stress.workload;

import org.cdevgate.gate.front.Caller;

/** A caller whose request sleeps without a thread, as a front has it; for one request. */
final class Front extends Caller {
    private static final int PID = 4711;

    @Override
    public int tid() {
        return PID;
    }

    @Override
    public int pid() {
        return PID;
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
