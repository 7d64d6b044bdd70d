package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Encoders of replies. Each writes {@code struct fuse_out_header} and the opcode's {@code struct
 * fuse_*_out} at {@code offset} and returns the length of the whole reply in bytes, which is what
 * to send.
 *
 * <p>Every buffer must be in native byte order. A reply that does not fit throws {@link
 * IndexOutOfBoundsException}; position and limit do not change, but the limit bounds the writes.
 * Every {@code unique} is that of the request answered.
 */
public final class FuseReply {
    /** Bytes of {@code struct fuse_out_header}; where the data of a READ reply go. */
    public static final int HEADER_BYTES = 16;

    /** Where the data of an IOCTL reply go: after the header and {@code struct fuse_ioctl_out}. */
    public static final int IOCTL_PAYLOAD_OFFSET = 32;

    /** Highest errno that the kernel takes from a server: larger ones are its own. */
    private static final int MAX_ERRNO = 511;

    private static final int INIT_OUT_BYTES = 64;
    private static final int KSTATFS_BYTES = 80;
    private static final int STATFS_BLOCK_BYTES = 4096;

    private FuseReply() {}

    /**
     * Encodes a failure, or a success that carries nothing.
     *
     * @param errno 0 for success, else the positive errno, at most 511: the kernel refuses more
     *     (with EINVAL at write(2), the request staying unanswered)
     * @throws IllegalArgumentException if the errno is out of range
     */
    public static int error(ByteBuffer buffer, int offset, long unique, int errno) {
        if (errno < 0 || errno > MAX_ERRNO) {
            throw new IllegalArgumentException(
                    "errno " + errno + " is not 0 to 511; pass it positive, as errno(3) has it");
        }
        return putHeader(buffer, offset, unique, -errno, 0);
    }

    /**
     * Encodes the header alone, for data that already stand {@link #HEADER_BYTES} behind {@code
     * offset}: READ, READDIR, READDIRPLUS.
     *
     * @param payloadBytes bytes of data, 0 or more and no more than the request asked for: the
     *     kernel answers a longer reply with EIO to the caller
     */
    public static int header(ByteBuffer buffer, int offset, long unique, int payloadBytes) {
        if (payloadBytes < 0) {
            throw new IllegalArgumentException(
                    "payload of " + payloadBytes + " bytes; a failure goes through error()");
        }
        return putHeader(buffer, offset, unique, 0, payloadBytes);
    }

    /**
     * LOOKUP, MKNOD, MKDIR, SYMLINK: encodes an entry that the kernel may not cache. Counts as one
     * lookup, which the kernel gives back in a FORGET, if it is sent without an error.
     *
     * @param nodeId not 0
     * @param generation with {@code nodeId} never reused in the life of the mount
     */
    public static int entry(
            ByteBuffer buffer,
            int offset,
            long unique,
            long nodeId,
            long generation,
            FuseAttr attr) {
        int at = offset + HEADER_BYTES;
        buffer.putLong(at, nodeId);
        buffer.putLong(at + 8, generation);
        // Asked again at the next walk, a removed name is gone at once without a notification.
        buffer.putLong(at + 16, 0); // entry_valid
        buffer.putLong(at + 24, 0); // attr_valid
        buffer.putLong(at + 32, 0); // entry_valid_nsec, attr_valid_nsec
        attr.put(buffer, at + 40);
        return putHeader(buffer, offset, unique, 0, 40 + FuseAttr.BYTES);
    }

    /**
     * READLINK: encodes where a symbolic link points.
     *
     * @param target 1 to 4095 bytes, without a NUL
     */
    public static int readlink(ByteBuffer buffer, int offset, long unique, byte[] target) {
        buffer.put(offset + HEADER_BYTES, target);
        return putHeader(buffer, offset, unique, 0, target.length);
    }

    /** GETATTR, SETATTR: encodes attributes that the kernel may not cache. */
    public static int attr(ByteBuffer buffer, int offset, long unique, FuseAttr attr) {
        int at = offset + HEADER_BYTES;
        buffer.putLong(at, 0); // attr_valid
        buffer.putLong(at + 8, 0); // attr_valid_nsec, dummy
        attr.put(buffer, at + 16);
        return putHeader(buffer, offset, unique, 0, 16 + FuseAttr.BYTES);
    }

    /**
     * OPEN, OPENDIR: encodes the new open file.
     *
     * @param fh the server's name for it in every later request, until RELEASE
     * @param openFlags a set of {@code FOPEN_*}
     */
    public static int open(ByteBuffer buffer, int offset, long unique, long fh, int openFlags) {
        int at = offset + HEADER_BYTES;
        buffer.putLong(at, fh);
        buffer.putInt(at + 8, openFlags);
        buffer.putInt(at + 12, 0);
        return putHeader(buffer, offset, unique, 0, 16);
    }

    /**
     * WRITE: encodes how much was taken.
     *
     * @param size bytes, 0 to what the request carried; the caller's write(2) returns it
     */
    public static int write(ByteBuffer buffer, int offset, long unique, int size) {
        int at = offset + HEADER_BYTES;
        buffer.putInt(at, size);
        buffer.putInt(at + 4, 0);
        return putHeader(buffer, offset, unique, 0, 8);
    }

    /**
     * STATFS: encodes a filesystem that counts neither blocks nor inodes, so that df(1) and {@code
     * df -i} show no use, where a number of nodes and none free would be a full one.
     *
     * @param nameMax longest name, in bytes
     */
    public static int statfs(ByteBuffer buffer, int offset, long unique, int nameMax) {
        int at = offset + HEADER_BYTES;
        for (int i = 0; i < KSTATFS_BYTES; i += 8) {
            buffer.putLong(at + i, 0);
        }
        buffer.putInt(at + 40, STATFS_BLOCK_BYTES); // bsize
        buffer.putInt(at + 44, nameMax);
        buffer.putInt(at + 48, STATFS_BLOCK_BYTES); // frsize
        return putHeader(buffer, offset, unique, 0, KSTATFS_BYTES);
    }

    /**
     * IOCTL: encodes the result in front of data that already stand {@link #IOCTL_PAYLOAD_OFFSET}
     * behind {@code offset}.
     *
     * @param result what ioctl(2) returns; a negative one is a negated errno. The data are copied
     *     to the caller either way
     * @param payloadBytes bytes of data, 0 to {@link FuseRequest#ioctlOutSize}
     */
    public static int ioctl(
            ByteBuffer buffer, int offset, long unique, int result, int payloadBytes) {
        if (payloadBytes < 0 || payloadBytes > FuseConstants.IOC_SIZE_MAX) {
            throw new IllegalArgumentException(
                    "ioctl data of " + payloadBytes + " bytes; the kernel takes 0 to 16383");
        }
        int at = offset + HEADER_BYTES;
        buffer.putInt(at, result);
        buffer.putInt(at + 4, 0); // flags
        buffer.putLong(at + 8, 0); // in_iovs, out_iovs
        return putHeader(buffer, offset, unique, 0, 16 + payloadBytes);
    }

    /**
     * POLL: encodes the events that are ready.
     *
     * @param revents a set of POLLIN and others; the kernel masks it with what was asked
     */
    public static int poll(ByteBuffer buffer, int offset, long unique, int revents) {
        int at = offset + HEADER_BYTES;
        buffer.putInt(at, revents);
        buffer.putInt(at + 4, 0);
        return putHeader(buffer, offset, unique, 0, 8);
    }

    /**
     * LSEEK: encodes the new position.
     *
     * @param position bytes from the start, 0 or more
     */
    public static int lseek(ByteBuffer buffer, int offset, long unique, long position) {
        buffer.putLong(offset + HEADER_BYTES, position);
        return putHeader(buffer, offset, unique, 0, 8);
    }

    /** INIT: encodes what was agreed; requests start to come when the kernel has it. */
    public static int init(
            ByteBuffer buffer, int offset, long unique, InitNegotiation.Agreed agreed) {
        Objects.requireNonNull(agreed, "agreed");
        int at = clearInit(buffer, offset);
        buffer.putInt(at, FuseConstants.FUSE_KERNEL_VERSION);
        buffer.putInt(at + 4, agreed.minor());
        buffer.putInt(at + 8, agreed.maxReadahead());
        buffer.putInt(at + 12, (int) agreed.flags());
        buffer.putShort(at + 16, (short) agreed.maxBackground());
        buffer.putShort(at + 18, (short) agreed.congestionThreshold());
        buffer.putInt(at + 20, agreed.maxWrite());
        buffer.putInt(at + 24, agreed.timeGranularityNanos());
        buffer.putShort(at + 28, (short) agreed.maxPages());
        buffer.putInt(at + 32, (int) (agreed.flags() >>> 32));
        return putHeader(buffer, offset, unique, 0, INIT_OUT_BYTES);
    }

    /**
     * INIT: encodes only the version spoken here, upon which a kernel with a higher major version
     * sends a second INIT with this one.
     */
    public static int initVersion(ByteBuffer buffer, int offset, long unique) {
        int at = clearInit(buffer, offset);
        buffer.putInt(at, FuseConstants.FUSE_KERNEL_VERSION);
        buffer.putInt(at + 4, FuseConstants.FUSE_KERNEL_MINOR_VERSION);
        return putHeader(buffer, offset, unique, 0, INIT_OUT_BYTES);
    }

    private static int clearInit(ByteBuffer buffer, int offset) {
        int at = offset + HEADER_BYTES;
        for (int i = 0; i < INIT_OUT_BYTES; i += 8) {
            buffer.putLong(at + i, 0);
        }
        return at;
    }

    /** Writes {@code struct fuse_out_header}; {@code error} is a negated errno or a notify code. */
    static int putHeader(ByteBuffer buffer, int offset, long unique, int error, int payloadBytes) {
        int length = HEADER_BYTES + payloadBytes;
        buffer.putInt(offset, length);
        buffer.putInt(offset + 4, error);
        buffer.putLong(offset + 8, unique);
        return length;
    }
}
