package org.cdevgate.gate;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.calls.Verb;
import org.jspecify.annotations.Nullable;

/**
 * What a call wants done when the removal of its device begins, see {@link Call#onCancel}; or what
 * the work of a {@link Hold} wants.
 *
 * <pre>
 *   WAITING ──removal──▶ FIRING ──▶ DONE
 *      └──────call ended──────────────▲
 * </pre>
 *
 * <p>Whoever takes it out of WAITING, by compare-and-set, decides: a callback never begins after
 * its call has ended, and a call does not end while its callback runs. An Error may end a call
 * without asking its callbacks; so one that is to run looks whether the call is still there.
 *
 * <p>The release of a hold does not wait for its callback: the callback may itself wait for what
 * releases the hold, as the end of a transfer does that it has stopped. The removal waits for both.
 */
@SuppressWarnings("Finally") // an Error that ends a call goes on, see CallFrame
final class CancelCallback {
    private static final int WAITING = 0;
    private static final int FIRING = 1;
    private static final int DONE = 2;

    /** The one that the same call registered before; owning thread only. */
    final @Nullable CancelCallback previous;

    private final FopsGate gate;
    private final @Nullable Frame call; // null for a hold's
    private final long published;
    private final DriverAction action;
    private final @Nullable Thread caller; // whom its end is told; null for a hold's
    private final AtomicInteger state = new AtomicInteger(WAITING);

    CancelCallback(
            FopsGate gate, Frame call, DriverAction action, @Nullable CancelCallback previous) {
        this.gate = gate;
        this.call = call;
        this.published = call.published();
        this.action = action;
        this.previous = previous;
        this.caller = Thread.currentThread();
    }

    /** Of a hold, which abandons it at its release. */
    CancelCallback(FopsGate gate, DriverAction action) {
        this.gate = gate;
        this.call = null;
        this.published = 0;
        this.action = action;
        this.previous = null;
        this.caller = null;
    }

    /** Runs it, inside a call of its own, unless its call has ended, or its hold was released. */
    void fire() {
        if (!state.compareAndSet(WAITING, FIRING)) {
            return;
        }
        try {
            if (call != null && !call.isStill(published)) {
                return;
            }
            Frame frame = Frame.push(gate.ref(), Verb.CANCEL, null);
            try {
                gate.removal().log().guarded("a cancellation callback", action);
            } finally {
                try {
                    gate.end(frame);
                } catch (Throwable e) {
                    frame.published = (frame.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                    throw e;
                }
            }
        } finally {
            state.set(DONE);
            LockSupport.unpark(caller);
        }
    }

    /** An Error has ended its call, or its hold was released: it does not begin any more. */
    void abandon() {
        state.compareAndSet(WAITING, DONE);
        gate.cancels().remove(this);
    }

    boolean isDone() {
        return state.get() == DONE;
    }

    /** The call ends. Its thread only. */
    void callEnds() {
        if (state.compareAndSet(WAITING, DONE)) {
            return;
        }
        boolean interrupted = false;
        while (!isDone()) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted(); // or park would return at once
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "its cancellation callback";
    }
}
