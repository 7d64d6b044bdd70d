package org.cdevgate.gate.stress.script;

/** A {@link Script} could not be played: an actor failed, or did not get where it was to go. */
public final class ScriptFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean late;

    ScriptFailure(String message) {
        super(message);
        late = false;
    }

    ScriptFailure(String message, Throwable cause) {
        super(message, cause);
        late = false;
    }

    private ScriptFailure(String message, boolean late) {
        super(message);
        this.late = late;
    }

    /** An actor did not get where it was to go, or what it was to bring about did not come. */
    static ScriptFailure late(String message) {
        return new ScriptFailure(message, true);
    }

    /** Whether something did not come in time, instead of an actor failing. */
    public boolean isLate() {
        return late;
    }
}
