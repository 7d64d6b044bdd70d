package org.cdevgate.gate.stress.proposals;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The kernel's sleepable RCU, as far as it shows: readers count under one of two indices, and must
 * give the one they got back; a grace period flips the index and waits for the readers of the old
 * one.
 */
final class Srcu {
    private final AtomicLongArray locks = new AtomicLongArray(2);
    private final AtomicLongArray unlocks = new AtomicLongArray(2);
    private volatile int index;

    /** Begins reading; the index is for {@link #readUnlock}. */
    int readLock() {
        int mine = index;
        locks.getAndIncrement(mine);
        return mine;
    }

    void readUnlock(int mine) {
        unlocks.getAndIncrement(mine);
        synchronized (this) {
            notifyAll();
        }
    }

    /**
     * A grace period: returns when those who were reading have left.
     *
     * @throws InterruptedException if it was given up; the kernel's cannot be
     */
    synchronized void synchronize() throws InterruptedException {
        // Whoever read the index before the last flip and counted after its wait.
        awaitReaders(1 - index);
        index = 1 - index;
        awaitReaders(1 - index);
    }

    private synchronized void awaitReaders(int of) throws InterruptedException {
        while (!isFree(of)) {
            wait();
        }
    }

    private boolean isFree(int of) {
        long left = unlocks.get(of); // first: see StripedCounterGate
        return left == locks.get(of);
    }
}
