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
public final class LeavesOutTheThread extends BrokenGate implements ActingGate {
    static final String BETWEEN = "between finding the call and leaving it out";

    private long last; // by the one that calls
    private volatile long inFlight;
    private volatile long leftOut;

    public LeavesOutTheThread(Runnable teardown) {
        this(teardown, PausePoints.NONE);
    }

    LeavesOutTheThread(Runnable teardown, PausePoints points) {
        super(teardown, points);
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
        calls.changed();
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
    void awaitCalls() {
        calls.await(
                () -> {
                    long seen = inFlight;
                    return seen == 0 || seen == leftOut;
                });
    }
}
