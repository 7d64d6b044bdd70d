package org.cdevgate.device.stress.twins;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * <b>Broken</b>: the supplier is unbound, and then those who depend on it. Each of the two unbinds
 * as it should and waits for its calls; the order is wrong.
 */
final class SupplierFirst implements ConsumerAndSupplier {
    private final Runnable releaseClock;
    private final ReadWriteLock consumersCalls = new ReentrantReadWriteLock();
    private boolean consumerUnbound; // guarded by consumersCalls

    SupplierFirst(Runnable releaseClock) {
        this.releaseClock = releaseClock;
    }

    @Override
    public void call(Runnable use) {
        consumersCalls.readLock().lock();
        try {
            if (!consumerUnbound) {
                use.run();
            }
        } finally {
            consumersCalls.readLock().unlock();
        }
    }

    @Override
    public void unbindSupplier() {
        releaseClock.run();
        consumersCalls.writeLock().lock();
        try {
            consumerUnbound = true;
        } finally {
            consumersCalls.writeLock().unlock();
        }
    }
}
