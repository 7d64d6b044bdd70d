package org.cdevgate.gate.stress.model.scenarios;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Remembers the first promise that was seen broken: what a driver's code throws goes no further
 * than the gate.
 */
final class Witness {
    private final AtomicReference<String> seen = new AtomicReference<>();

    /**
     * A promise.
     *
     * @param broken what a user would have suffered
     */
    void require(boolean kept, String broken) {
        if (!kept) {
            seen.compareAndSet(null, broken);
            throw new AssertionError(broken);
        }
    }

    void check() {
        String broken = seen.get();
        if (broken != null) {
            throw new AssertionError(broken);
        }
    }
}
