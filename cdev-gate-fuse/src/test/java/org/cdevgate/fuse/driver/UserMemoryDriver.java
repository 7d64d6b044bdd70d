package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * Uses its callers' memory: an I2C bus with one EEPROM, and commands whose argument is an address
 * and a length, 64 bits each.
 */
public final class UserMemoryDriver extends CountingDriver {
    /** linux/i2c-dev.h: struct i2c_rdwr_ioctl_data, without a size in the command. */
    public static final int I2C_RDWR = 0x0707;

    /** Copies from the caller into a buffer on the heap; see {@link #copied}. */
    public static final int COPY_IN = IoctlCommand.iow('M', 1, 16);

    /** {@link #COPY_IN} with a direct buffer. */
    public static final int COPY_IN_DIRECT = IoctlCommand.iow('M', 2, 16);

    /** Copies {@link #pattern} to the caller from a buffer on the heap. */
    public static final int COPY_OUT = IoctlCommand.iow('M', 3, 16);

    /** {@link #COPY_OUT} with a direct buffer. */
    public static final int COPY_OUT_DIRECT = IoctlCommand.iow('M', 4, 16);

    /**
     * {@link #COPY_OUT} after {@link #letGo}, until when it ignores every interrupt. As the next
     * two it reads a byte before it waits.
     */
    public static final int DEAF_COPY_OUT = IoctlCommand.iow('M', 5, 16);

    /** {@link #COPY_OUT} after {@link #letGo}, until when it sleeps without a thread. */
    public static final int THREADLESS_COPY_OUT = IoctlCommand.iow('M', 6, 16);

    /** {@link #COPY_OUT} after {@link #letGo}, until when its thread is parked. */
    public static final int PARKED_COPY_OUT = IoctlCommand.iow('M', 7, 16);

    /** {@link #COPY_OUT} again and again, ignoring every interrupt, until one fails. */
    public static final int ENDLESS_COPY_OUT = IoctlCommand.iow('M', 8, 16);

    /** Coded with the size of a pointer, as PPS_GETPARAMS is, but gives {@link #pattern} of 32. */
    public static final int WRONG_SIZE = IoctlCommand.ior('P', 1, 8);

    private static final int LARGEST = 4 << 20;
    private static final int MAX_MESSAGES = 42; // I2C_RDWR_IOCTL_MAX_MSGS
    private static final int MAX_MESSAGE = 8192;
    private static final int I2C_M_RD = 1;

    private final WaitQueue wanted = new WaitQueue("wanted");
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final byte[] eeprom = new byte[256];
    private int cell;
    private volatile byte[] copied = {};
    private final AtomicInteger rounds = new AtomicInteger();
    private volatile Throwable failure;
    private volatile boolean done;

    /** What the driver copies out: bytes that differ from page to page. */
    public static byte[] pattern(int bytes) {
        byte[] pattern = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            pattern[i] = (byte) (i + i / 4096 + 1);
        }
        return pattern;
    }

    /** An argument of the commands that copy. */
    public static byte[] range(long address, long length) {
        return ByteBuffer.allocate(16)
                .order(ByteOrder.nativeOrder())
                .putLong(address)
                .putLong(length)
                .array();
    }

    /** Lets those go that wait to copy. */
    public void letGo() {
        letGo.countDown();
        wanted.wakeUp();
    }

    /** What came in last. */
    public byte[] copied() {
        return copied;
    }

    /** How often {@link #ENDLESS_COPY_OUT} has copied. */
    public int rounds() {
        return rounds.get();
    }

    /** Whether a call that waited has copied or failed. */
    public boolean isDone() {
        return done;
    }

    /** Why it failed; null if it did not. */
    public Throwable failure() {
        return failure;
    }

    /** A verb without an address. */
    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        try {
            call.copyFromUser(4096, ByteBuffer.allocate(8));
        } catch (ErrnoException | RuntimeException e) {
            failure = e;
            throw e;
        }
        return 0;
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        if (command == I2C_RDWR) {
            return transfer(argument, call);
        }
        if (command == WRONG_SIZE) {
            call.copyToUser(argument, ByteBuffer.wrap(pattern(32)));
            data.put(pattern(8)); // which the kernel stores last
            return 0;
        }
        if (IoctlCommand.type(command) != 'M') {
            throw Errno.ENOTTY.exception();
        }
        long address = data.getLong(0);
        long length = data.getLong(8);
        if (length < 0 || length > LARGEST) {
            throw Errno.EINVAL.exception();
        }
        return copy(command, address, (int) length, call);
    }

    private int copy(int command, long address, int length, Call call) throws ErrnoException {
        boolean waiting = letGo.getCount() > 0;
        if (command == COPY_IN) {
            copyIn(address, ByteBuffer.allocate(length + 9).position(5).limit(5 + length), call);
        } else if (command == COPY_IN_DIRECT) {
            copyIn(address, ByteBuffer.allocateDirect(length), call);
        } else if (command == COPY_OUT) {
            copyOut(address, ByteBuffer.wrap(pattern(length)), call);
        } else if (command == COPY_OUT_DIRECT) {
            copyOut(address, ByteBuffer.allocateDirect(length).put(0, pattern(length)), call);
        } else if (command == THREADLESS_COPY_OUT && waiting) {
            call.copyFromUser(address, ByteBuffer.allocate(1));
            return call.wouldBlock(wanted);
        } else if (command == ENDLESS_COPY_OUT) {
            while (true) {
                noting(address, length, call);
                rounds.incrementAndGet();
            }
        } else {
            call.copyFromUser(address, ByteBuffer.allocate(1));
            await(command, call);
            noting(address, length, call);
            done = true;
        }
        return length;
    }

    private void await(int command, Call call) throws ErrnoException {
        if (command == PARKED_COPY_OUT) {
            call.await(wanted, () -> letGo.getCount() == 0);
        }
        while (letGo.getCount() > 0) {
            try {
                letGo.await();
            } catch (InterruptedException e) {
                // deaf
            }
        }
    }

    private void noting(long address, int length, Call call) throws ErrnoException {
        try {
            copyOut(address, ByteBuffer.wrap(pattern(length)), call);
        } catch (ErrnoException | RuntimeException e) {
            failure = e;
            done = true;
            throw e;
        }
    }

    private void copyIn(long address, ByteBuffer dst, Call call) throws ErrnoException {
        int start = dst.position();
        try {
            call.copyFromUser(address, dst);
        } catch (ErrnoException e) {
            if (dst.position() != start) {
                throw new IllegalStateException("half-way: " + dst, e);
            }
            throw e;
        }
        if (dst.hasRemaining()) {
            throw new IllegalStateException("not all: " + dst);
        }
        byte[] bytes = new byte[dst.limit() - start];
        dst.get(start, bytes);
        copied = bytes;
    }

    private static void copyOut(long address, ByteBuffer src, Call call) throws ErrnoException {
        try {
            call.copyToUser(address, src);
        } catch (ErrnoException e) {
            if (src.position() != 0) {
                throw new IllegalStateException("half-way: " + src, e);
            }
            throw e;
        }
        if (src.hasRemaining()) {
            throw new IllegalStateException("not all: " + src);
        }
    }

    // I2C

    private synchronized int transfer(long argument, Call call) throws ErrnoException {
        int pointer = call.is32Bit() ? Integer.BYTES : Long.BYTES;
        // struct i2c_rdwr_ioctl_data: a pointer to messages, their number.
        ByteBuffer head = struct(2 * pointer);
        call.copyFromUser(argument, head);
        long messages = pointerAt(head, 0, pointer);
        int count = head.getInt(pointer);
        if (count < 0 || count > MAX_MESSAGES) {
            throw Errno.EINVAL.exception();
        }
        // struct i2c_msg: address, flags and length of 16 bits, padding, a pointer to the data.
        int size = 8 + pointer;
        ByteBuffer list = struct(count * size);
        call.copyFromUser(messages, list);
        for (int at = 0; at < list.limit(); at += size) {
            int length = Short.toUnsignedInt(list.getShort(at + 4));
            if (length > MAX_MESSAGE) {
                throw Errno.EINVAL.exception();
            }
            ByteBuffer data = struct(length);
            long address = pointerAt(list, at + 8, pointer);
            if ((list.getShort(at + 2) & I2C_M_RD) != 0) {
                for (int i = 0; i < length; i++) {
                    data.put(i, eeprom[cell++ & 0xff]);
                }
                call.copyToUser(address, data);
            } else {
                call.copyFromUser(address, data);
                cell = length > 0 ? data.get(0) : cell;
                for (int i = 1; i < length; i++) {
                    eeprom[cell++ & 0xff] = data.get(i);
                }
            }
        }
        return count;
    }

    private static ByteBuffer struct(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    private static long pointerAt(ByteBuffer struct, int index, int bytes) {
        return bytes == Long.BYTES
                ? struct.getLong(index)
                : Integer.toUnsignedLong(struct.getInt(index));
    }
}
