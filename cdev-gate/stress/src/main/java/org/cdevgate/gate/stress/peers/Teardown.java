package org.cdevgate.gate.stress.peers;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * The slow half of a removal, shared by the peers that count: one remover claims it, waits until
 * the calls in flight have left and tears down; all others wait for its end.
 *
 * <p>Nobody polls. A leaving call changes the count and then looks whether a removal has begun; the
 * remover sets its flag and then looks at the count, both with volatile accesses. So a call that
 * does not see the flag has changed the count before the remover looks, and a call that sees it
 * calls {@link #callLeft()}, which cannot fall between the look and the wait: both hold the
 * monitor.
 */
final class Teardown {
    private final Runnable action;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private boolean finished; // guarded by this

    Teardown(Runnable action) {
        this.action = Objects.requireNonNull(action, "the teardown");
    }

    /** True for the first, who goes on with {@link #runWhen}. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    /** Waits for the condition, which gets true with the end of a call, and tears down. */
    void runWhen(BooleanSupplier drained) {
        await(drained);
        try {
            action.run();
        } finally {
            synchronized (this) {
                finished = true;
                notifyAll();
            }
        }
    }

    void awaitFinished() {
        await(() -> finished);
    }

    /** A call has left; the drain looks again. */
    synchronized void callLeft() {
        notifyAll();
    }

    /** Deaf to interrupts, which stay set: a removal that gave up half-way would help nobody. */
    private synchronized void await(BooleanSupplier condition) {
        boolean interrupted = false;
        while (!condition.getAsBoolean()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
