package org.cdevgate.fuse.memory;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import jnr.ffi.Pointer;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeBuffer;

/**
 * The memory of threads whose requests came out of a channel: process_vm_readv(2) and
 * process_vm_writev(2), through a piece of memory of its own, because buffers on the heap may move.
 *
 * <p>A thread is named by a number that the kernel gives to another one when it has ended. It
 * cannot end while it waits for the answer to a request, so who calls makes sure that this is so;
 * here only the end of the whole connection is looked for, which answers all requests.
 *
 * <p>For one thread at a time.
 */
public final class CallerMemoryCopy {
    /** The most bytes that one access moves. */
    public static final int CHUNK_BYTES = 64 << 10;

    // Two struct iovec and a struct pollfd, then the data.
    private static final int LOCAL = 0;
    private static final int REMOTE = 16;
    private static final int POLLFD = 32;
    private static final int DATA = 64;

    private final FuseChannel channel;
    private final NativeBuffer memory = NativeBuffer.allocate(DATA + CHUNK_BYTES);
    private final ByteBuffer bytes = memory.bytes();
    private final ByteBuffer pollfd = memory.view(POLLFD, 8);
    private final Pointer local = Libc.pointer(memory.address() + LOCAL);

    /** Of the clients of this channel. */
    public CallerMemoryCopy(FuseChannel channel) {
        this.channel = channel;
        bytes.putLong(LOCAL, memory.address() + DATA);
    }

    /**
     * Reads memory of a thread. Neither position nor limit of the buffer matter or change.
     *
     * @param tid the thread, which waits for an answer
     * @param address where to read
     * @param dst gets the bytes, all or none
     * @param index where in {@code dst}
     * @param length 1 to {@link #CHUNK_BYTES}
     * @return 0 or the errno: EFAULT, also if only a part could be read; EPERM if the kernel does
     *     not let this process do it; ESRCH if there is no such thread; ENOTCONN if the connection
     *     has ended
     */
    public int read(int tid, long address, ByteBuffer dst, int index, int length) {
        int errno = transfer(false, tid, address, length);
        if (errno == 0) {
            dst.put(index, bytes, DATA, length);
        }
        return errno;
    }

    /**
     * Writes memory of a thread; the opposite of {@link #read}. With EFAULT a part may have been
     * written.
     */
    public int write(int tid, long address, ByteBuffer src, int index, int length) {
        bytes.put(DATA, src, index, length);
        return transfer(true, tid, address, length);
    }

    private int transfer(boolean write, int tid, long address, int length) {
        bytes.putLong(LOCAL + 8, length).putLong(REMOTE, address).putLong(REMOTE + 8, length);
        try {
            if (!channel.isConnected(memory.address() + POLLFD, pollfd)) {
                return Libc.ENOTCONN;
            }
            long remote = memory.address() + REMOTE;
            long moved =
                    write
                            ? Libc.CALLS.process_vm_writev(tid, local, 1, remote, 1, 0)
                            : Libc.CALLS.process_vm_readv(tid, local, 1, remote, 1, 0);
            if (moved < 0) {
                return Libc.errno();
            }
            return moved == length ? 0 : Libc.EFAULT;
        } finally {
            Reference.reachabilityFence(memory);
        }
    }
}
