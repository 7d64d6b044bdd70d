package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * A bounded FIFO: what is written to the node, or {@link #feed fed} by the test, is read from it.
 * Reads sleep while it is empty, writes while it is full, ioctl {@link #WAIT} until {@link
 * #signal}.
 */
public final class FifoDriver extends CountingDriver {
    /** ioctl: each of the 8 bytes comes back with its bits inverted; returns 8. */
    public static final int ECHO = IoctlCommand.iowr('T', 1, 8);

    /** ioctl: sleeps until {@link #signal}. */
    public static final int WAIT = IoctlCommand.io('T', 2);

    /** Bytes that it holds unless told otherwise. */
    public static final int CAPACITY = 16;

    private final Sleep sleep;
    private final WaitQueue readable = new WaitQueue("readable");
    private final WaitQueue writable = new WaitQueue("writable");
    private final WaitQueue signalled = new WaitQueue("signalled");
    private final AtomicInteger polls = new AtomicInteger();
    private final ByteBuffer bytes; // guarded by this
    private volatile boolean signal;

    /**
     * Makes an empty one.
     *
     * @param sleep how its verbs sleep
     */
    public FifoDriver(Sleep sleep) {
        this(sleep, CAPACITY);
    }

    /**
     * Makes an empty one.
     *
     * @param sleep how its verbs sleep
     * @param capacity bytes that it holds
     */
    public FifoDriver(Sleep sleep, int capacity) {
        this.sleep = sleep;
        bytes = ByteBuffer.allocate(capacity);
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        while (true) {
            int taken = take(dst);
            if (taken > 0) {
                writable.wakeUp();
                return taken;
            }
            if (sleep == Sleep.THREADLESS) {
                return call.wouldBlock(readable);
            }
            call.await(readable, this::hasData);
        }
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        while (true) {
            int put = put(src);
            if (put > 0) {
                readable.wakeUp();
                return put;
            }
            if (sleep == Sleep.THREADLESS) {
                return call.wouldBlock(writable);
            }
            call.await(writable, this::hasSpace);
        }
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        if (command == ECHO) {
            data.putLong(0, ~data.getLong(0));
            return Long.BYTES;
        }
        if (command != WAIT) {
            throw Errno.ENOTTY.exception();
        }
        if (sleep == Sleep.THREADLESS && !signal) {
            return call.wouldBlock(signalled);
        }
        call.await(signalled, () -> signal);
        return 0;
    }

    @Override
    public int poll(OpenFile file, Call call) {
        call.pollWait(readable);
        call.pollWait(writable);
        polls.incrementAndGet();
        return (hasData() ? PollEvents.POLLIN | PollEvents.POLLRDNORM : 0)
                | (hasSpace() ? PollEvents.POLLOUT | PollEvents.POLLWRNORM : 0);
    }

    private synchronized int take(ByteBuffer dst) {
        int count = Math.min(bytes.position(), dst.remaining());
        bytes.flip();
        dst.put(bytes.slice().limit(count));
        bytes.position(count);
        bytes.compact();
        return count;
    }

    private synchronized int put(ByteBuffer src) {
        int count = Math.min(bytes.remaining(), src.remaining());
        bytes.put(src.slice().limit(count));
        return count;
    }

    private synchronized int held() {
        return bytes.position();
    }

    private boolean hasData() {
        return held() > 0;
    }

    private boolean hasSpace() {
        return held() < bytes.capacity();
    }

    /** Puts data in, as the hardware does; what does not fit is dropped. */
    public void feed(String text) {
        if (put(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII))) > 0) {
            readable.wakeUp();
        }
    }

    /** Fills it up, so that writes sleep. */
    public void fill() {
        feed("#".repeat(bytes.capacity()));
    }

    /** Takes everything out, as the hardware does. */
    public String drain() {
        ByteBuffer all = ByteBuffer.allocate(bytes.capacity());
        if (take(all) > 0) {
            writable.wakeUp();
        }
        return new String(all.array(), 0, all.position(), StandardCharsets.US_ASCII);
    }

    /** Lets those go that sleep in {@link #WAIT}. */
    public void signal() {
        signal = true;
        signalled.wakeUp();
    }

    /** How often poll was called. */
    public int polls() {
        return polls.get();
    }
}
