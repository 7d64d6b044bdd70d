package org.cdevgate.gate;

/**
 * A removal was waited for on a thread that is itself inside the gate: it would have waited for
 * itself. Nothing was waited for or torn down.
 */
public final class SelfRemovalException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    SelfRemovalException(String message) {
        super(message);
    }
}
