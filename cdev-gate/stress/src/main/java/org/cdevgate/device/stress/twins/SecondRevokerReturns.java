package org.cdevgate.device.stress.twins;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * <b>Broken</b>: a revocation waits for those who use the resource, and a second one that finds it
 * revoked already returns at once, as if that were the end of it.
 */
final class SecondRevokerReturns implements Provider {
    private final Runnable release;
    private final ReadWriteLock users = new ReentrantReadWriteLock();
    private final AtomicBoolean revoked = new AtomicBoolean();

    SecondRevokerReturns(Runnable release) {
        this.release = release;
    }

    @Override
    public Use tryAccess() {
        if (!users.readLock().tryLock()) {
            return null;
        }
        if (revoked.get()) {
            users.readLock().unlock();
            return null;
        }
        return users.readLock()::unlock;
    }

    @Override
    public void revoke() {
        if (!revoked.compareAndSet(false, true)) {
            return;
        }
        users.writeLock().lock();
        try {
            release.run();
        } finally {
            users.writeLock().unlock();
        }
    }
}
