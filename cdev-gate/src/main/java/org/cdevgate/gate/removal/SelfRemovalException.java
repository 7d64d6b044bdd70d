package org.cdevgate.gate.removal;

import java.util.Objects;

/**
 * A removal was waited for on a thread that is itself inside the gate, or the unbinding of a device
 * on one that others need who are in there: it would have waited for itself. Nothing was waited for
 * or torn down.
 */
public final class SelfRemovalException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * For those who remove what is made of gates.
     *
     * @param message names who waits for whom, and the remedy
     */
    public SelfRemovalException(String message) {
        super(Objects.requireNonNull(message, "message"));
    }
}
