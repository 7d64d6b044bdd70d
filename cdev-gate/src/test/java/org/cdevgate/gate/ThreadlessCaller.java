package org.cdevgate.gate;

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
}
