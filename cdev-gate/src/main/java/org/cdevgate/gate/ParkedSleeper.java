package org.cdevgate.gate;

import java.util.concurrent.locks.LockSupport;
import org.cdevgate.gate.sides.Sleeper;
import org.jspecify.annotations.Nullable;

/** A thread parked in {@link Call#await}; one per frame, used again for each sleep. */
final class ParkedSleeper extends Sleeper {
    private volatile @Nullable Thread thread;

    ParkedSleeper prepare(boolean alone) {
        exclusive = alone;
        thread = Thread.currentThread();
        return this;
    }

    /** Off its queue; a frame outlives its thread, and must not keep it from being collected. */
    void forget() {
        thread = null;
    }

    @Override
    public void woken() {
        // A late unpark of an earlier sleep is harmless: the thread checks isQueued() and parks
        // again. So is one of nobody, who has gone on. Nor would a second one do harm.
        LockSupport.unpark(thread);
    }

    @Override
    public void gone() {
        LockSupport.unpark(thread);
    }
}
