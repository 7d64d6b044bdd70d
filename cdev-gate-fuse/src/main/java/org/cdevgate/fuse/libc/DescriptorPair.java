package org.cdevgate.fuse.libc;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;

/**
 * Two connected descriptors, both close-on-exec, closed together unless taken out before. Not
 * thread-safe.
 */
public final class DescriptorPair implements AutoCloseable {
    private static final int NONE = -1;

    private int first;
    private int second;

    private DescriptorPair(int first, int second) {
        this.first = first;
        this.second = second;
    }

    /** Makes a pair of UNIX sockets of a type such as SOCK_STREAM. */
    public static DescriptorPair sockets(int type) throws IOException {
        NativeArena arena = new NativeArena(2 * Integer.BYTES);
        long address = arena.address();
        ByteBuffer pair = arena.take(2 * Integer.BYTES);
        int result = Libc.CALLS.socketpair(Libc.AF_UNIX, type | Libc.O_CLOEXEC, 0, address);
        return made("socketpair(2)", result, pair);
    }

    /** Makes a pipe, whose first end is the one to read from. */
    public static DescriptorPair pipe() throws IOException {
        NativeArena arena = new NativeArena(2 * Integer.BYTES);
        long address = arena.address();
        ByteBuffer pair = arena.take(2 * Integer.BYTES);
        return made("pipe2(2)", Libc.CALLS.pipe2(address, Libc.O_CLOEXEC), pair);
    }

    private static DescriptorPair made(String call, int result, ByteBuffer pair)
            throws IOException {
        if (result != 0) {
            throw new IOException(
                    call
                            + " failed with "
                            + Errno.describe(Libc.errno())
                            + "; raise ulimit -n if that is EMFILE");
        }
        return new DescriptorPair(pair.getInt(0), pair.getInt(Integer.BYTES));
    }

    public int first() {
        return first;
    }

    public int second() {
        return second;
    }

    /** Gives the first descriptor away: closing it is the caller's business now. */
    public int takeFirst() {
        int fd = first;
        first = NONE;
        return fd;
    }

    public void closeSecond() {
        if (second != NONE) {
            Libc.CALLS.close(second);
            second = NONE;
        }
    }

    @Override
    public void close() {
        if (first != NONE) {
            Libc.CALLS.close(first);
            first = NONE;
        }
        closeSecond();
    }
}
