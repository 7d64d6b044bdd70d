package org.cdevgate.gate.stress.twins;

import java.util.function.BooleanSupplier;

/** The calls in flight of a twin, and the wait for their end; correct, whatever the twin is. */
final class CallCount {
    private long calls; // guarded by this

    synchronized void up() {
        calls++;
    }

    synchronized void down() {
        calls--;
        notifyAll();
    }

    void awaitNone() {
        await(() -> calls == 0);
    }

    /** Something that a wait looks at has changed. */
    synchronized void changed() {
        notifyAll();
    }

    /**
     * Waits for a condition, which is looked at again after each change.
     *
     * @throws IllegalStateException if it is interrupted: a twin may wait for what never comes
     */
    synchronized void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting", e);
            }
        }
    }
}
