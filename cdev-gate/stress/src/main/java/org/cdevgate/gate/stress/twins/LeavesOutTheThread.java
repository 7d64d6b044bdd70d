package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.peers.ActingGate;
import org.cdevgate.gate.stress.script.PausePoints;

/**
 * <b>Broken</b>: a remover that acts for a call looks whether the call is there, and then leaves
 * out what its thread has in flight. By then that may be the next call, which has asked for
 * nothing.
 *
 * <p>One thread calls here, which publishes the number of its call.
 */
public final class LeavesOutTheThread implements ActingGate {
    static final String BETWEEN = "between finding the call and leaving it out";

    private final Runnable teardown;
    private final PausePoints points;
    private final CallCount changes = new CallCount();
    private long last; // by the one that calls
    private volatile long inFlight;
    private volatile long leftOut;
    private volatile boolean removing;

    public LeavesOutTheThread(Runnable teardown) {
        this(teardown, PausePoints.NONE);
    }

    LeavesOutTheThread(Runnable teardown, PausePoints points) {
        this.teardown = teardown;
        this.points = points;
    }

    @Override
    public long enter() {
        last++;
        inFlight = last;
        if (removing) {
            exit(last);
            return 0;
        }
        return last;
    }

    @Override
    public void exit(long ticket) {
        inFlight = 0;
        changes.changed();
    }

    @Override
    public boolean unregisterFor(long ticket) {
        if (inFlight == ticket) {
            points.at(BETWEEN);
            leftOut = inFlight;
        }
        return unregisterSync();
    }

    @Override
    public synchronized boolean unregisterSync() {
        if (removing) {
            return false;
        }
        removing = true;
        changes.await(
                () -> {
                    long seen = inFlight;
                    return seen == 0 || seen == leftOut;
                });
        teardown.run();
        return true;
    }
}
