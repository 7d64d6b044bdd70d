package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * Has a byte every now and then, for whichever read takes it first, so that reads sleep shortly.
 * Files that were opened non-writable belong to a process that nobody signals: no run of a verb on
 * them may find its thread interrupted.
 */
public final class TrickleDriver extends CountingDriver {
    private final Sleep sleep;
    private final WaitQueue readable = new WaitQueue("readable");
    private final AtomicInteger available = new AtomicInteger();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicInteger strayInterrupts = new AtomicInteger();

    /**
     * Makes one without bytes.
     *
     * @param sleep how its read sleeps
     */
    public TrickleDriver(Sleep sleep) {
        this.sleep = sleep;
    }

    private void check(OpenFile file) {
        if (!file.isWritable() && Thread.interrupted()) {
            strayInterrupts.incrementAndGet();
        }
    }

    @Override
    public int open(OpenFile file, Call call) throws ErrnoException {
        check(file);
        return super.open(file, call);
    }

    @Override
    public void release(OpenFile file, Call call) {
        if (Thread.interrupted()) {
            strayInterrupts.incrementAndGet(); // whoever was signalled, it was not for the release
        }
        super.release(file, call);
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        check(file);
        while (true) {
            if (take()) {
                dst.put(0, (byte) 'x');
                taken.incrementAndGet();
                return 1;
            }
            if (sleep == Sleep.THREADLESS) {
                return call.wouldBlock(readable);
            }
            call.await(readable, () -> available.get() > 0);
        }
    }

    private boolean take() {
        int before = available.getAndUpdate(count -> Math.max(0, count - 1));
        return before > 0;
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call) {
        check(file);
        return data.limit();
    }

    /** Another byte comes. */
    public void feed() {
        available.incrementAndGet();
        readable.wakeUp();
    }

    /** Bytes that nobody has taken. */
    public int available() {
        return available.get();
    }

    /** Bytes that reads have taken. */
    public long taken() {
        return taken.get();
    }

    /** How often a verb found its thread interrupted for somebody else's call. */
    public int strayInterrupts() {
        return strayInterrupts.get();
    }
}
