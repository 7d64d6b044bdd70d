package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.script.PausePoints;

/**
 * <b>Broken</b>: looks at the flag first and counts the call then. The remover may set the flag and
 * find nobody counted in between. It is the order in which the steps are often told: "check the
 * flag; flag that an operation is in progress".
 */
public final class CountAfterCheck extends BrokenGate {
    static final String BETWEEN = "between check and count";

    public CountAfterCheck(Runnable teardown) {
        this(teardown, PausePoints.NONE);
    }

    CountAfterCheck(Runnable teardown, PausePoints points) {
        super(teardown, points);
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
}
