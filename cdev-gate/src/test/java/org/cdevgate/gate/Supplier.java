package org.cdevgate.gate;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.removal.RemovalProfile;

/**
 * A device that other drivers call: its ioctl is a transfer, which sleeps until {@link #finish()}
 * and then answers 7. Each command is a way to sleep.
 */
final class Supplier implements FileOperations {
    /** The ways to sleep in a verb. */
    enum Sleep {
        PARKED,
        TIMED,
        WITH_LOCK,
        TIMED_WITH_LOCK,
        EXCLUSIVE,
        EXCLUSIVE_TIMED,
        EXCLUSIVE_WITH_LOCK,
        EXCLUSIVE_TIMED_WITH_LOCK,
        WOULD_BLOCK,
        WOULD_BLOCK_TIMED,
        WOULD_BLOCK_EXCLUSIVE,
        WOULD_BLOCK_EXCLUSIVE_TIMED,
        OF_ITS_OWN;

        private static final List<Sleep> ALL = List.of(values());

        static Sleep of(int command) {
            return ALL.get(command);
        }

        int command() {
            return ALL.indexOf(this);
        }
    }

    static final int DONE = 7;

    final WaitQueue queue = new WaitQueue("transfer done");
    final FopsGate gate;
    final OpenFile file;
    private final AtomicBoolean finished = new AtomicBoolean();
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicInteger ownSleepers = new AtomicInteger();

    Supplier(RemovalProfile profile) throws ErrnoException {
        gate = FopsGate.builder("adapter", this).removalProfile(profile).build();
        file = Answers.open(gate);
    }

    Supplier() throws ErrnoException {
        this(RemovalProfile.EVDEV);
    }

    int transfer(Sleep how) throws ErrnoException {
        return gate.front().ioctl(file, how.command(), 0, ByteBuffer.allocate(4), Caller.local());
    }

    /** From here on nothing sleeps. */
    void finish() {
        finished.set(true);
        queue.wakeUpAll();
        signal();
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void awaitAsleep(int sleepers) {
        Eventually.until(
                sleepers + " transfers to sleep",
                () -> queue.sleepers() + ownSleepers.get() == sleepers);
    }

    @Override
    public int ioctl(OpenFile opened, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException, InterruptedException {
        Sleep how = Sleep.of(command);
        switch (how) {
            case PARKED -> call.await(queue, finished::get);
            case TIMED -> call.await(queue, finished::get, 1, TimeUnit.HOURS);
            case EXCLUSIVE -> call.awaitExclusive(queue, finished::get);
            case EXCLUSIVE_TIMED -> call.awaitExclusive(queue, finished::get, 1, TimeUnit.HOURS);
            case WOULD_BLOCK -> {
                return finished.get() ? DONE : call.wouldBlock(queue);
            }
            case WOULD_BLOCK_TIMED -> {
                return finished.get() ? DONE : call.wouldBlock(queue, 1, TimeUnit.HOURS);
            }
            case WOULD_BLOCK_EXCLUSIVE -> {
                return finished.get() ? DONE : call.wouldBlockExclusive(queue);
            }
            case WOULD_BLOCK_EXCLUSIVE_TIMED -> {
                return finished.get() ? DONE : call.wouldBlockExclusive(queue, 1, TimeUnit.HOURS);
            }
            default -> {
                lock.lock();
                try {
                    sleepWithLock(how, call);
                } finally {
                    lock.unlock();
                }
            }
        }
        return DONE;
    }

    private void sleepWithLock(Sleep how, Call call) throws ErrnoException, InterruptedException {
        switch (how) {
            case WITH_LOCK -> call.await(queue, lock, finished::get);
            case TIMED_WITH_LOCK -> call.await(queue, lock, finished::get, 1, TimeUnit.HOURS);
            case EXCLUSIVE_WITH_LOCK -> call.awaitExclusive(queue, lock, finished::get);
            case EXCLUSIVE_TIMED_WITH_LOCK ->
                    call.awaitExclusive(queue, lock, finished::get, 1, TimeUnit.HOURS);
            default -> {
                call.onCancel(this::signal);
                ownSleepers.incrementAndGet();
                try {
                    while (!finished.get()) {
                        if (call.isRemoving()) {
                            throw Errno.ENODEV.exception();
                        }
                        changed.await();
                    }
                } finally {
                    ownSleepers.decrementAndGet();
                }
            }
        }
    }
}
