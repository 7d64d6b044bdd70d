package org.cdevgate.gate;

/**
 * The stretch of time in which one call is in flight: while it is open no removal of the call's
 * device can finish. {@link Call#scope()} makes it; unlike the {@link Call}, which is used again,
 * it may be kept, and then tells that it is over.
 *
 * <p>Safe for any thread. The answer of another thread's scope may be old by the time it is used,
 * unless that thread waits for this one.
 */
public final class CallScope {
    private final Call call;
    private final long published;

    CallScope(Call call, long published) {
        this.call = call;
        this.published = published;
    }

    Call call() {
        return call;
    }

    /** Leaves the call out of every removal's count, if it is still in flight. */
    void leaveOut() {
        call.leaveOut(published);
    }

    /** Whether the call is still in flight. */
    public boolean isOpen() {
        return call.isStill(published);
    }

    /** The gate of the call; null once it is over. */
    public FopsGate gate() {
        FopsGate gate = call.gate();
        return isOpen() ? gate : null; // the call may have ended, and another begun, meanwhile
    }
}
