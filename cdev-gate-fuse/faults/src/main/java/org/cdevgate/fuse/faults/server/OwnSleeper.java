package org.cdevgate.fuse.faults.server;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;

/**
 * Sleeps in its own way, unknown to the library, and needs the wake hook; one sort honours
 * interrupts, the deaf sort does not, so a killed process depends on the library alone.
 */
final class OwnSleeper extends StampedDriver {
    private final boolean deaf;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private int words;
    private boolean going;

    OwnSleeper(long generation, boolean deaf) {
        super(generation);
        this.deaf = deaf;
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException, InterruptedException {
        awaitWord(call);
        return stamp(dst, Math.min(1, dst.remaining() / WORD));
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException, InterruptedException {
        awaitWord(call);
        return src.remaining();
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException, InterruptedException {
        if (command != WAIT) {
            return quickIoctl(command, data);
        }
        awaitWord(call);
        return 0;
    }

    private void awaitWord(Call call) throws ErrnoException, InterruptedException {
        lock.lock();
        try {
            while (words == 0 && !going) {
                if (call.isNonBlocking()) {
                    throw Errno.EAGAIN.exception();
                }
                if (deaf) {
                    changed.awaitUninterruptibly();
                } else {
                    changed.await();
                }
            }
            if (words == 0) {
                throw Errno.ENODEV.exception();
            }
            words--;
        } finally {
            lock.unlock();
        }
    }

    @Override
    void tick() {
        lock.lock();
        try {
            words = 2;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    void wakeOwnSleepers() {
        lock.lock();
        try {
            going = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
