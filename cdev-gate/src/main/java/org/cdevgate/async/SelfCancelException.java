package org.cdevgate.async;

/**
 * A work item, or a timer's function, was to wait for its own end, at once or through others that
 * wait for it: each thread would wait for the next, and the last one for the first. Nothing was
 * done. Let the function return instead of queueing again, or let other code wait.
 */
public final class SelfCancelException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private SelfCancelException(String message) {
        super(message);
    }

    /** It waits for itself. */
    static SelfCancelException ofItself(String method, Object item) {
        return new SelfCancelException(
                method
                        + " in the function of "
                        + item
                        + " itself would wait for ever; return from the function, or call it from"
                        + " elsewhere");
    }

    /** It waits for others that wait for it, which are told. */
    static SelfCancelException ofCircle(String method, String circle) {
        return new SelfCancelException(
                method
                        + " would wait for ever: "
                        + circle
                        + "; return from the function first, give the queue more threads (its"
                        + " maxActive), or use another queue");
    }
}
