package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.peers.RemovableGate;
import org.cdevgate.gate.stress.script.PausePoints;

/**
 * <b>Broken</b>: looks at the flag first and counts the call then. The remover may set the flag and
 * find nobody counted in between. It is the order in which the steps are often told: "check the
 * flag; flag that an operation is in progress".
 */
public final class CountAfterCheck implements RemovableGate {
    static final String BETWEEN = "between check and count";

    private final Runnable teardown;
    private final PausePoints points;
    private final CallCount calls = new CallCount();
    private volatile boolean removing;

    public CountAfterCheck(Runnable teardown) {
        this(teardown, PausePoints.NONE);
    }

    CountAfterCheck(Runnable teardown, PausePoints points) {
        this.teardown = teardown;
        this.points = points;
    }

    @Override
    public long enter() {
        if (removing) {
            return 0;
        }
        points.at(BETWEEN);
        calls.up();
        return 1;
    }

    @Override
    public void exit(long ticket) {
        calls.down();
    }

    @Override
    public synchronized boolean unregisterSync() {
        if (removing) {
            return false;
        }
        removing = true;
        calls.awaitNone();
        teardown.run();
        return true;
    }
}
