package org.cdevgate.bench;

import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.StampedLock;
import org.cdevgate.gate.stress.peers.RemovableGate;

/**
 * A StampedLock: a call holds it for reading, the remover takes it for writing. A read-write lock
 * that does not know its readers, and so need not keep count of each thread's holds.
 *
 * <p><b>Correct</b>: who reads the flag unset under the read lock holds it until it leaves, and the
 * remover, which sets the flag first, gets the write lock only then. A caller that gets the read
 * lock after the remover had the write lock sees the flag. What a call did is visible to the
 * remover by the fence before the unlock, whose change of the lock's word the remover's lock action
 * reads: for a read lock StampedLock itself promises the lock's half of that, not the unlock's.
 *
 * <p><b>Cannot keep</b>: a nested call that looked at the flag just before it was set queues behind
 * the remover, which waits for the outer call: the lock is not reentrant. Otherwise as the
 * read-write lock, but removal from inside a call deadlocks instead of being refused.
 */
final class StampedLockGate implements RemovableGate {
    private final StampedLock lock = new StampedLock();
    private final Runnable teardown;
    private volatile boolean removing;
    private boolean tornDown; // guarded by the write lock

    StampedLockGate(Runnable teardown) {
        this.teardown = Objects.requireNonNull(teardown, "the teardown");
    }

    @Override
    public long enter() {
        if (removing) {
            return 0; // without queueing behind the remover
        }
        long stamp = lock.readLock();
        if (removing) {
            lock.unlockRead(stamp);
            return 0;
        }
        return stamp;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalMonitorStateException if the ticket is not of a call that is inside
     */
    @Override
    public void exit(long ticket) {
        VarHandle.releaseFence();
        lock.unlockRead(ticket);
    }

    @Override
    public boolean unregisterSync() {
        removing = true;
        long stamp = lock.writeLock();
        try {
            if (tornDown) {
                return false;
            }
            tornDown = true;
            teardown.run();
            return true;
        } finally {
            lock.unlockWrite(stamp);
        }
    }
}
