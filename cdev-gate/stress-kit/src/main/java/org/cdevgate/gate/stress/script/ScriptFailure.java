package org.cdevgate.gate.stress.script;

/** A {@link Script} could not be played: an actor failed, or did not get where it was to go. */
public final class ScriptFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ScriptFailure(String message) {
        super(message);
    }

    ScriptFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
