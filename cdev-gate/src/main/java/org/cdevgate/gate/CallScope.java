package org.cdevgate.gate;

import org.cdevgate.gate.accounting.PublishedCall;
import org.jspecify.annotations.Nullable;

/**
 * The stretch of time in which one call is in flight: while it is open no removal of the call's
 * device can finish. {@link Call#scope()} makes it; unlike the {@link Call}, which is used again,
 * it may be kept, and then tells that it is over.
 *
 * <p>Safe for any thread. The answer of another thread's scope may be old by the time it is used,
 * unless that thread waits for this one.
 */
public final class CallScope {
    private final PublishedCall call;

    CallScope(PublishedCall call) {
        this.call = call;
    }

    /** Whether the call is still in flight. */
    public boolean isOpen() {
        return call.isOpen();
    }

    /** The gate of the call; null once it is over. */
    public @Nullable FopsGate gate() {
        FopsGate gate = (FopsGate) call.frame().gateInFlight();
        return isOpen() ? gate : null; // the call may have ended, and another begun, meanwhile
    }
}
