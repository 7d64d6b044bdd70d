package org.cdevgate.gate;

import org.cdevgate.gate.accounting.CallFrame;
import org.jspecify.annotations.Nullable;

/**
 * A section of code inside a gate, for try-with-resources (guard() of linux/cleanup.h):
 *
 * <pre>{@code
 * try (Guard inside = gate.guard()) {
 *     registers.write(CONTROL, 1); // the device stays until here
 * }
 * }</pre>
 *
 * <p>Belongs to its thread and is used again for later calls of that, so entering makes no garbage;
 * keep no reference to it. For the errors that may come between, see {@link FopsGate#enter()}.
 */
@SuppressWarnings("Finally") // an Error that ends a call goes on, see CallFrame
public final class Guard implements AutoCloseable {
    private final Frame call;

    /** Null while it is closed: a thread must not keep a gate reachable that it has left. */
    private @Nullable FopsGate gate;

    Guard(Frame call) {
        this.call = call;
    }

    /** It stands for the call that is in flight in its frame. */
    Guard of(FopsGate entered) {
        gate = entered;
        return this;
    }

    /**
     * Leaves the gate.
     *
     * @throws IllegalStateException if it was closed already, or on another thread; the accounting
     *     is unchanged then
     */
    @Override
    public void close() {
        FopsGate entered = gate;
        if (entered == null || !call.record.isOwnedByCurrentThread()) {
            throw new IllegalStateException(
                    "this guard was closed already, or opened by another thread than "
                            + Thread.currentThread().getName()
                            + "; close once, on the thread that entered");
        }
        gate = null;
        try {
            entered.end(call);
        } catch (Throwable e) {
            call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
            throw e;
        }
    }
}
