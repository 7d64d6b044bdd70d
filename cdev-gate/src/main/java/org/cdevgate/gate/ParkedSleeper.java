package org.cdevgate.gate;

import java.util.concurrent.locks.LockSupport;

/** A thread parked in {@link Call#await}; one per frame, used again for each sleep. */
final class ParkedSleeper extends Sleeper {
    private volatile Thread thread;

    ParkedSleeper prepare(boolean alone) {
        exclusive = alone;
        thread = Thread.currentThread();
        return this;
    }

    @Override
    void woken() {
        // A late unpark of an earlier sleep is harmless: the thread checks isQueued() and parks
        // again.
        LockSupport.unpark(thread);
    }

    @Override
    void gone() {
        LockSupport.unpark(thread);
    }
}
