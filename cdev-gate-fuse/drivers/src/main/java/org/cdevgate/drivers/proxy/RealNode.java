package org.cdevgate.drivers.proxy;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.libc.Libc;

/**
 * A descriptor of a real node, which never sleeps in it as far as its driver heeds O_NONBLOCK.
 * Results are the kernel's own: 0 or more, or an errno, negated. Nobody calls it after {@link
 * #close}.
 */
final class RealNode {
    private static final int ALL_EVENTS =
            PollEvents.DEFAULT_POLLMASK
                    | PollEvents.POLLPRI
                    | PollEvents.POLLRDBAND
                    | PollEvents.POLLWRBAND
                    | PollEvents.POLLRDHUP;
    private static final int POLLFD_BYTES = 8; // struct pollfd: fd, events, revents
    private static final int POLLFD_EVENTS = 4;
    private static final int POLLFD_REVENTS = 6;

    private final int fd;
    private final ByteBuffer pollfd =
            ByteBuffer.allocateDirect(POLLFD_BYTES).order(ByteOrder.nativeOrder());

    private RealNode(int fd) {
        this.fd = fd;
        pollfd.putInt(0, fd).putShort(POLLFD_EVENTS, (short) ALL_EVENTS);
    }

    /**
     * Opens it.
     *
     * @param flags of the caller's open(2)
     * @throws ErrnoException what the real open answers
     */
    static RealNode open(Path path, int flags) throws ErrnoException {
        // It is nobody's controlling terminal by this, and stays what it is if it has gone.
        int own =
                (flags & ~(Libc.O_CREAT | Libc.O_EXCL))
                        | OpenFlags.O_NONBLOCK
                        | Libc.O_NOCTTY
                        | Libc.O_CLOEXEC;
        byte[] name = Libc.cString(path.toString());
        long result;
        do {
            result = result(Libc.CALLS.open(name, own));
        } while (result == -Libc.EINTR); // a signal of the JVM's
        if (result < 0) {
            throw ErrnoException.of((int) -result);
        }
        return new RealNode((int) result);
    }

    private static long result(long returned) {
        return returned < 0 ? -Libc.errno() : returned;
    }

    int descriptor() {
        return fd;
    }

    /** Reads into a buffer, from its index 0 to its limit, at the position of the descriptor. */
    long read(ByteBuffer dst) {
        ByteBuffer direct = dst.isDirect() ? dst : ByteBuffer.allocateDirect(dst.limit());
        try {
            return given(
                    result(Libc.CALLS.read(fd, Libc.address(direct), dst.limit())), direct, dst);
        } finally {
            Reference.reachabilityFence(direct);
        }
    }

    /** {@link #read} at a position in bytes. */
    long read(ByteBuffer dst, long position) {
        ByteBuffer direct = dst.isDirect() ? dst : ByteBuffer.allocateDirect(dst.limit());
        try {
            return given(
                    result(Libc.CALLS.pread(fd, Libc.address(direct), dst.limit(), position)),
                    direct,
                    dst);
        } finally {
            Reference.reachabilityFence(direct);
        }
    }

    private static long given(long count, ByteBuffer direct, ByteBuffer dst) {
        if (count > 0 && !dst.isDirect()) {
            dst.put(0, direct, 0, (int) count);
        }
        return count;
    }

    /** Writes a buffer, from an index to its limit, at the position of the descriptor. */
    long write(ByteBuffer src, int from) {
        ByteBuffer direct = direct(src);
        try {
            return result(
                    Libc.CALLS.write(fd, Libc.address(direct) + from, src.limit() - (long) from));
        } finally {
            Reference.reachabilityFence(direct);
        }
    }

    /** {@link #write} at a position in bytes. */
    long write(ByteBuffer src, int from, long position) {
        ByteBuffer direct = direct(src);
        try {
            return result(
                    Libc.CALLS.pwrite(
                            fd, Libc.address(direct) + from, src.limit() - (long) from, position));
        } finally {
            Reference.reachabilityFence(direct);
        }
    }

    private static ByteBuffer direct(ByteBuffer src) {
        return src.isDirect()
                ? src
                : ByteBuffer.allocateDirect(src.limit()).put(0, src, 0, src.limit());
    }

    /** What of {@link PollEvents} is so now. */
    int poll() {
        synchronized (pollfd) {
            long ready = result(Libc.CALLS.poll(Libc.address(pollfd), 1, 0));
            return ready > 0
                    ? Short.toUnsignedInt(pollfd.getShort(POLLFD_REVENTS))
                    : ready < 0 && ready != -Libc.EINTR ? PollEvents.POLLERR : 0;
        }
    }

    long lseek(long offset, int whence) {
        return result(Libc.CALLS.lseek(fd, offset, whence));
    }

    /** With a number. */
    long ioctl(int command, long argument) {
        return result(Libc.CALLS.ioctl(fd, Integer.toUnsignedLong(command), argument));
    }

    /**
     * With the address of a struct.
     *
     * @param struct direct, from its index 0
     */
    long ioctl(int command, ByteBuffer struct) {
        try {
            return ioctl(command, Libc.address(struct));
        } finally {
            Reference.reachabilityFence(struct);
        }
    }

    long fsync(boolean dataOnly) {
        return result(dataOnly ? Libc.CALLS.fdatasync(fd) : Libc.CALLS.fsync(fd));
    }

    void close() {
        Libc.CALLS.close(fd); // an error of it is of nobody's call
    }
}
