package org.cdevgate.gate.stress.peers;

import java.util.Objects;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock.ReadLock;

/**
 * A fair read-write lock: a call holds it for reading, the remover takes it for writing. The
 * textbook answer, and what a kernel developer means by "this is just a rwsem".
 *
 * <p><b>Correct</b> by the lock's own guarantees. The flag is set before the remover queues, so
 * that callers fail at once; it is looked at again under the lock, because a caller may have looked
 * before it was set.
 *
 * <p><b>Costs</b> two changes of the lock's one word and the upkeep of each thread's hold count;
 * with a second processor the word moves between them, and a failed change queues the thread, which
 * is a hundred times as dear.
 *
 * <p><b>Cannot keep</b>: being fair, a caller that looked at the flag just before it was set queues
 * behind the remover until the last call has left, instead of failing at once (promise 1); a call
 * cannot end on another thread, so there are no holds (12); a report knows how many calls are in
 * flight, not which (10); there is nothing to wake a sleeper with (5, 6). An unfair lock would let
 * callers pass the remover for ever.
 */
public final class ReadWriteLockGate implements RemovableGate {
    private static final long TICKET = 1;

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);
    private final ReadLock calls = lock.readLock();
    private final Runnable teardown;
    private volatile boolean removing;
    private boolean tornDown; // guarded by the write lock

    public ReadWriteLockGate(Runnable teardown) {
        this.teardown = Objects.requireNonNull(teardown, "the teardown");
    }

    @Override
    public long enter() {
        if (removing) {
            return 0;
        }
        calls.lock();
        if (removing) {
            calls.unlock();
            return 0;
        }
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
        calls.unlock();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if this thread is inside: the lock would wait for itself
     */
    @Override
    public boolean unregisterSync() {
        if (lock.getReadHoldCount() > 0) {
            throw new IllegalStateException(
                    "removal from inside a call of the same device; leave it first");
        }
        removing = true;
        lock.writeLock().lock();
        try {
            if (tornDown) {
                return false;
            }
            tornDown = true;
            teardown.run();
            return true;
        } finally {
            lock.writeLock().unlock();
        }
    }
}
