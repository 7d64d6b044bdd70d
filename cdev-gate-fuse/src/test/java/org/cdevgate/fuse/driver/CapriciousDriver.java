package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * Does whatever a driver may, by chance: succeeds in part or in full, fails with any errno, parks,
 * sleeps without a thread, and leaves any position, limit and order in its buffer.
 */
public final class CapriciousDriver extends CountingDriver {
    private final Random random; // thread-safe
    private final WaitQueue queue = new WaitQueue("whim");
    private volatile int wakeUps;

    /** Makes one whose whims follow from a seed and the order of its calls. */
    public CapriciousDriver(long seed) {
        random = new Random(seed);
    }

    /** Lets all go that sleep. */
    public void wakeUp() {
        synchronized (this) {
            wakeUps++;
        }
        queue.wakeUp();
    }

    /** Goes on, fails, or sleeps; true if the verb is to return what it is given. */
    private boolean isToSleep(Call call) throws ErrnoException {
        switch (random.nextInt(16)) {
            case 0 -> throw ErrnoException.of(1 + random.nextInt(ErrnoException.MAX_ERRNO));
            case 1 -> {
                int now = wakeUps;
                call.await(queue, () -> wakeUps != now);
                return false;
            }
            case 2, 3 -> {
                return true;
            }
            default -> {
                return false;
            }
        }
    }

    private int upTo(int most) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> most;
            default -> random.nextInt(most + 1);
        };
    }

    private void leaveUntidy(ByteBuffer buffer) {
        buffer.order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        buffer.limit(random.nextInt(buffer.capacity() + 1));
        buffer.position(random.nextInt(buffer.limit() + 1));
    }

    @Override
    public int open(OpenFile file, Call call) throws ErrnoException {
        if (isToSleep(call)) {
            return call.wouldBlock(queue);
        }
        return super.open(file, call);
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        if (isToSleep(call)) {
            return call.wouldBlock(queue);
        }
        int count = upTo(dst.remaining());
        for (int i = 0; i < Math.min(count, 64); i++) {
            dst.put(i, (byte) i);
        }
        leaveUntidy(dst);
        return count;
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        if (isToSleep(call)) {
            return call.wouldBlock(queue);
        }
        int count = upTo(src.remaining());
        leaveUntidy(src);
        return count;
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        if (isToSleep(call)) {
            return call.wouldBlock(queue);
        }
        if (data.hasRemaining()) {
            data.put(0, (byte) command);
        }
        leaveUntidy(data);
        return random.nextInt() & Integer.MAX_VALUE;
    }

    @Override
    public long llseek(OpenFile file, long offset, int whence, Call call) {
        return random.nextLong() & Long.MAX_VALUE;
    }

    @Override
    public int poll(OpenFile file, Call call) throws ErrnoException {
        call.pollWait(queue);
        return random.nextInt(0x10000);
    }

    @Override
    public int flush(OpenFile file, Call call) throws ErrnoException {
        return isToSleep(call) ? call.wouldBlock(queue) : 0;
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call) throws ErrnoException {
        return isToSleep(call) ? call.wouldBlock(queue) : 0;
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call) throws ErrnoException {
        return isToSleep(call) ? call.wouldBlock(queue) : 0;
    }
}
