package org.cdevgate.gate.stress.twins;

import java.util.function.BooleanSupplier;

/** Where the calls of a twin's driver sleep; correct, whatever the twin is. */
final class SleepQueue {
    private long wakeUps; // guarded by this

    /**
     * Sleeps until the next wake-up, unless there is a reason not to.
     *
     * @param reason asked when a wake-up can no longer be missed
     */
    synchronized void sleepUnless(BooleanSupplier reason) {
        if (reason.getAsBoolean()) {
            return;
        }
        long before = wakeUps;
        while (wakeUps == before) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while asleep", e);
            }
        }
    }

    synchronized void wakeAll() {
        wakeUps++;
        notifyAll();
    }
}
