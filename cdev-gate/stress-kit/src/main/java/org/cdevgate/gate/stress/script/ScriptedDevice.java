package org.cdevgate.gate.stress.script;

/** The device behind a gate: it knows whether it was torn down. */
public final class ScriptedDevice {
    /** Where a teardown can be stopped: it has begun, and not finished. */
    public static final String IN_TEARDOWN = "in the teardown";

    private final PausePoints points;
    private volatile boolean tornDown;

    public ScriptedDevice(PausePoints points) {
        this.points = points;
    }

    public void tearDown() {
        points.at(IN_TEARDOWN);
        tornDown = true;
    }

    public boolean isTornDown() {
        return tornDown;
    }
}
