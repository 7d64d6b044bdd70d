package org.cdevgate.async;

/**
 * A work item was to wait for its own end: its thread would wait for itself. Nothing was done. Let
 * the function return instead of queueing again, or let other code wait.
 */
public final class SelfCancelException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    SelfCancelException(String method, Object work) {
        super(
                method
                        + " in the function of "
                        + work
                        + " itself would wait for ever; return from the function, or call it from"
                        + " elsewhere");
    }
}
