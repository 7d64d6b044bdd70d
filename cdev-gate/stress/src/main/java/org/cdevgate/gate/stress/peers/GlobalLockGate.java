package org.cdevgate.gate.stress.peers;

import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One lock for all calls of all devices, as the big kernel lock was until 2011 and misc_sync is
 * again.
 *
 * <p><b>Correct</b>: whoever holds the lock is alone, the remover included.
 *
 * <p><b>Costs</b> little when there is one caller in the whole program; otherwise callers stand in
 * one line, also those of devices that have nothing to do with each other.
 *
 * <p><b>Cannot keep</b>: a call that sleeps holds up every call and removal of every device
 * (promise 13), and the one that would wake it among them; new calls queue behind it instead of
 * failing at once when the device is removed (1); a call cannot end on another thread (12); a
 * report knows no call but the one that holds the lock (10); there is nothing to wake a sleeper
 * with (5, 6).
 */
public final class GlobalLockGate implements RemovableGate {
    private static final ReentrantLock GLOBAL = new ReentrantLock();
    private static final long TICKET = 1;

    private final Runnable teardown;

    // Guarded by the lock.
    private int inside;
    private boolean removed;

    public GlobalLockGate(Runnable teardown) {
        this.teardown = Objects.requireNonNull(teardown, "the teardown");
    }

    @Override
    public long enter() {
        GLOBAL.lock();
        if (removed) {
            GLOBAL.unlock();
            return 0;
        }
        inside++;
        return TICKET;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalMonitorStateException if this thread is not inside
     */
    @Override
    public void exit(long ticket) {
        if (ticket != TICKET) {
            throw new IllegalArgumentException("ticket " + ticket + " is not of enter()");
        }
        if (!GLOBAL.isHeldByCurrentThread() || inside == 0) {
            throw new IllegalMonitorStateException("this thread is not inside");
        }
        inside--;
        GLOBAL.unlock();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if this thread is inside: it holds the lock, so nothing else
     *     would keep it from freeing what its own call uses
     */
    @Override
    public boolean unregisterSync() {
        GLOBAL.lock();
        try {
            if (inside > 0) {
                throw new IllegalStateException(
                        "removal from inside a call of the same device; leave it first");
            }
            if (removed) {
                return false;
            }
            removed = true;
            teardown.run();
            return true;
        } finally {
            GLOBAL.unlock();
        }
    }
}
