package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One request of the kernel, read in place: a reusable view over the buffer into which read(2) on
 * /dev/fuse put it.
 *
 * <p>{@link #wrap} checks the whole message once; afterwards every accessor of the message's opcode
 * is a plain load and cannot run past its end. Accessors of another opcode return whatever stands
 * at their place; an {@code assert} catches them in tests. Unsigned 32-bit values are returned as
 * {@code int} and unsigned 64-bit values as {@code long} with the same bits.
 *
 * <p>Not thread-safe; hand-over between threads needs a happens-before edge. Values stay readable
 * until the buffer is overwritten.
 *
 * <p>Layouts: {@code struct fuse_in_header} and {@code struct fuse_*_in} of {@code linux/fuse.h} as
 * of protocol 7.31 and newer (Linux 5.4); {@link InitNegotiation} refuses older ones.
 */
public final class FuseRequest {
    /** Bytes of {@code struct fuse_in_header}. */
    public static final int HEADER_BYTES = 40;

    /** Index of the data of a WRITE: after the header and {@code struct fuse_write_in}. */
    public static final int WRITE_PAYLOAD_OFFSET = 80;

    /** Index of the data of an IOCTL: after the header and {@code struct fuse_ioctl_in}. */
    public static final int IOCTL_PAYLOAD_OFFSET = 72;

    /** Index of the argument struct. */
    private static final int ARG = HEADER_BYTES;

    private static final int FORGET_ONE_BYTES = 16;
    private static final int INIT_FLAGS2_END = 20;

    /** Bytes of the struct after the header, by opcode; 0 for an opcode without one. */
    private static final byte[] ARGUMENT_BYTES = new byte[FuseOpcode.COUNT];

    /** Number of NUL-terminated names after the struct, by opcode. */
    private static final byte[] NAMES = new byte[FuseOpcode.COUNT];

    static {
        argument(0, 1, FuseOpcode.LOOKUP, FuseOpcode.UNLINK, FuseOpcode.RMDIR);
        argument(0, 1, FuseOpcode.REMOVEXATTR);
        argument(0, 2, FuseOpcode.SYMLINK);
        argument(8, 0, FuseOpcode.FORGET, FuseOpcode.BATCH_FORGET, FuseOpcode.INTERRUPT);
        argument(8, 0, FuseOpcode.OPEN, FuseOpcode.OPENDIR, FuseOpcode.ACCESS, FuseOpcode.SYNCFS);
        argument(8, 0, FuseOpcode.LISTXATTR);
        argument(8, 1, FuseOpcode.MKDIR, FuseOpcode.LINK);
        argument(8, 1, FuseOpcode.SETXATTR, FuseOpcode.GETXATTR);
        argument(8, 2, FuseOpcode.RENAME);
        argument(16, 0, FuseOpcode.GETATTR, FuseOpcode.FSYNC, FuseOpcode.FSYNCDIR);
        // An INIT without FUSE_INIT_EXT ends after its first four words.
        argument(16, 0, FuseOpcode.INIT, FuseOpcode.BMAP);
        argument(16, 1, FuseOpcode.MKNOD, FuseOpcode.CREATE, FuseOpcode.TMPFILE);
        argument(16, 2, FuseOpcode.RENAME2);
        argument(24, 0, FuseOpcode.RELEASE, FuseOpcode.RELEASEDIR, FuseOpcode.FLUSH);
        argument(24, 0, FuseOpcode.POLL, FuseOpcode.LSEEK, FuseOpcode.STATX);
        argument(32, 0, FuseOpcode.IOCTL, FuseOpcode.FALLOCATE);
        argument(40, 0, FuseOpcode.READ, FuseOpcode.READDIR, FuseOpcode.READDIRPLUS);
        argument(40, 0, FuseOpcode.WRITE, FuseOpcode.NOTIFY_REPLY, FuseOpcode.SETUPMAPPING);
        argument(48, 0, FuseOpcode.GETLK, FuseOpcode.SETLK, FuseOpcode.SETLKW);
        argument(56, 0, FuseOpcode.COPY_FILE_RANGE, FuseOpcode.COPY_FILE_RANGE_64);
        argument(88, 0, FuseOpcode.SETATTR);
        argument(4, 0, FuseOpcode.REMOVEMAPPING);
    }

    private final ByteBuffer buffer;
    private int received;
    private int end; // where the extensions begin, or the message ends
    private int nameStart;
    private int nameLength;

    /**
     * Makes a view over a buffer that need not hold a message yet.
     *
     * @param buffer messages start at its index 0; native byte order; position and limit are never
     *     looked at or changed
     * @throws IllegalArgumentException if the buffer is not in native byte order
     */
    public FuseRequest(ByteBuffer buffer) {
        if (buffer.order() != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException(
                    "the buffer is in order "
                            + buffer.order()
                            + "; the kernel writes native order: call"
                            + " buffer.order(ByteOrder.nativeOrder())");
        }
        // A duplicate of its own, so that a caller who sets a limit cannot break the loads here.
        this.buffer = buffer.duplicate().clear().order(ByteOrder.nativeOrder());
    }

    private static void argument(int bytes, int names, int... opcodes) {
        for (int opcode : opcodes) {
            ARGUMENT_BYTES[opcode] = (byte) bytes;
            NAMES[opcode] = (byte) names;
        }
    }

    /**
     * Takes the message that the buffer now holds and checks it. An opcode that is not known here
     * is sound if its header is: it waits for a reply like any other.
     *
     * @param length bytes received, as read(2) returned it; any value
     * @return {@link DecodeError#NONE}, or what is wrong; then only the accessors of the header may
     *     be used, and only if {@link DecodeError#isAnswerable}
     */
    public DecodeError wrap(int length) {
        received = Math.max(0, Math.min(length, buffer.capacity()));
        end = received;
        nameStart = 0;
        nameLength = 0;
        if (received < HEADER_BYTES) {
            return DecodeError.HEADER_TRUNCATED;
        }
        if (buffer.getInt(0) != length) {
            return DecodeError.LENGTH_MISMATCH;
        }
        end = received - 8 * Short.toUnsignedInt(buffer.getShort(36));
        if (end < HEADER_BYTES) {
            return DecodeError.EXTENSION_TRUNCATED;
        }
        int opcode = opcode();
        if (opcode < 0 || opcode >= FuseOpcode.COUNT) {
            return DecodeError.NONE;
        }
        int argumentEnd = ARG + ARGUMENT_BYTES[opcode];
        if (end < argumentEnd) {
            return DecodeError.ARGUMENT_TRUNCATED;
        }
        int names = NAMES[opcode];
        return names == 0 ? checkSizes(opcode) : checkNames(opcode, argumentEnd, names);
    }

    private DecodeError checkSizes(int opcode) {
        return switch (opcode) {
            case FuseOpcode.READ, FuseOpcode.READDIR, FuseOpcode.READDIRPLUS ->
                    check(size() >= 0, DecodeError.SIZE_OUT_OF_RANGE);
            case FuseOpcode.WRITE ->
                    check(size() == end - WRITE_PAYLOAD_OFFSET, DecodeError.PAYLOAD_MISMATCH);
            case FuseOpcode.IOCTL ->
                    !isIoctlSize(ioctlInSize()) || !isIoctlSize(ioctlOutSize())
                            ? DecodeError.SIZE_OUT_OF_RANGE
                            : check(
                                    ioctlInSize() == end - IOCTL_PAYLOAD_OFFSET,
                                    DecodeError.PAYLOAD_MISMATCH);
            case FuseOpcode.BATCH_FORGET -> {
                long entries = Integer.toUnsignedLong(batchForgetCount());
                yield check(
                        ARG + 8 + entries * FORGET_ONE_BYTES <= end, DecodeError.COUNT_MISMATCH);
            }
            case FuseOpcode.INIT ->
                    check(
                            (initLowFlags() & FuseConstants.FUSE_INIT_EXT) == 0
                                    || end >= ARG + INIT_FLAGS2_END,
                            DecodeError.ARGUMENT_TRUNCATED);
            default -> DecodeError.NONE;
        };
    }

    private static DecodeError check(boolean sound, DecodeError otherwise) {
        return sound ? DecodeError.NONE : otherwise;
    }

    private static boolean isIoctlSize(int bytes) {
        return bytes >= 0 && bytes <= FuseConstants.IOC_SIZE_MAX;
    }

    private DecodeError checkNames(int opcode, int start, int count) {
        int next = start;
        for (int i = 0; i < count; i++) {
            int nul = next;
            while (nul < end && buffer.get(nul) != 0) {
                nul++;
            }
            if (nul == end || nul == next) {
                return DecodeError.NAME_INVALID;
            }
            if (i == 0) {
                nameStart = start;
                nameLength = nul - start;
            }
            next = nul + 1;
        }
        // struct fuse_setxattr_in: size
        if (opcode == FuseOpcode.SETXATTR && buffer.getInt(ARG) != end - next) {
            return DecodeError.PAYLOAD_MISMATCH;
        }
        return DecodeError.NONE;
    }

    /**
     * Says in one line what the message is and what is wrong with it, with every size that matters.
     * Works after any outcome of {@link #wrap}; allocates.
     *
     * @param error what {@code wrap} returned
     */
    public String describe(DecodeError error) {
        StringBuilder text = new StringBuilder(160);
        if (received < HEADER_BYTES) {
            text.append("message of ").append(received).append(" bytes");
        } else {
            text.append(FuseOpcode.name(opcode()))
                    .append(" unique=")
                    .append(Long.toUnsignedString(unique()))
                    .append(" node=")
                    .append(Long.toUnsignedString(nodeId()))
                    .append(" pid=")
                    .append(pid())
                    .append(": ")
                    .append(received)
                    .append(" bytes received, header says ")
                    .append(Integer.toUnsignedString(buffer.getInt(0)))
                    .append(", extensions ")
                    .append(8 * Short.toUnsignedInt(buffer.getShort(36)));
            describeArgument(text);
        }
        if (error != DecodeError.NONE) {
            text.append("; ").append(error).append(" (").append(error.meaning()).append(')');
        }
        return text.toString();
    }

    private void describeArgument(StringBuilder text) {
        int opcode = opcode();
        if (opcode < 0 || opcode >= FuseOpcode.COUNT) {
            return;
        }
        int argumentEnd = ARG + ARGUMENT_BYTES[opcode];
        text.append(", header and argument need ").append(argumentEnd);
        if (NAMES[opcode] > 0) {
            text.append(" and ").append(NAMES[opcode]).append(" name(s)");
        }
        if (end < argumentEnd) {
            return;
        }
        switch (opcode) {
            case FuseOpcode.READ, FuseOpcode.READDIR, FuseOpcode.READDIRPLUS, FuseOpcode.WRITE ->
                    text.append(", size ").append(Integer.toUnsignedString(size()));
            case FuseOpcode.IOCTL ->
                    text.append(", command 0x")
                            .append(Integer.toHexString(ioctlCommand()))
                            .append(", in_size ")
                            .append(Integer.toUnsignedString(ioctlInSize()))
                            .append(", out_size ")
                            .append(Integer.toUnsignedString(ioctlOutSize()));
            case FuseOpcode.BATCH_FORGET ->
                    text.append(", count ").append(Integer.toUnsignedString(batchForgetCount()));
            default -> {
                // No size of its own.
            }
        }
    }

    // struct fuse_in_header

    /** Returns the bytes received. */
    public int length() {
        return received;
    }

    /** Returns the operation, one of {@link FuseOpcode} or an unknown one. */
    public int opcode() {
        return buffer.getInt(4);
    }

    /**
     * Returns the request's number, under which it is answered and interrupted; unique among the
     * requests in flight, and 0 for requests that are not answered.
     */
    public long unique() {
        return buffer.getLong(8);
    }

    /** Returns the node the request is about; given out in a reply to LOOKUP, or the root's. */
    public long nodeId() {
        return buffer.getLong(16);
    }

    /** Returns the caller's user id for file access; 0 for requests the kernel makes itself. */
    public int uid() {
        return buffer.getInt(24);
    }

    /** Returns the caller's group id for file access. */
    public int gid() {
        return buffer.getInt(28);
    }

    /**
     * Returns the caller's <em>thread</em> id in the pid namespace of the process that mounted; 0
     * when it has none there, and for RELEASE and INTERRUPT.
     */
    public int pid() {
        return buffer.getInt(32);
    }

    // Names

    /**
     * Returns the (first) name of LOOKUP, MKNOD, MKDIR, UNLINK, RMDIR, CREATE and others, decoded
     * as {@link FuseName} describes. Allocates.
     */
    public String name() {
        assert nameLength > 0 : misuse();
        return FuseName.decode(buffer, nameStart, nameLength);
    }

    /** Returns the length of {@link #name} in bytes, without the NUL. */
    public int nameLength() {
        assert nameLength > 0 : misuse();
        return nameLength;
    }

    // struct fuse_init_in

    /** INIT: the major version the kernel speaks. */
    public int initMajor() {
        assert is(FuseOpcode.INIT) : misuse();
        return buffer.getInt(ARG);
    }

    /** INIT: the minor version the kernel speaks. */
    public int initMinor() {
        assert is(FuseOpcode.INIT) : misuse();
        return buffer.getInt(ARG + 4);
    }

    /** INIT: the most bytes the kernel reads ahead. */
    public int initMaxReadahead() {
        assert is(FuseOpcode.INIT) : misuse();
        return buffer.getInt(ARG + 8);
    }

    /** INIT: the 64 flags offered; the upper half only if FUSE_INIT_EXT is among the lower. */
    public long initFlags() {
        long low = initLowFlags();
        if ((low & FuseConstants.FUSE_INIT_EXT) == 0) {
            return low;
        }
        return low | (Integer.toUnsignedLong(buffer.getInt(ARG + 16)) << 32);
    }

    private long initLowFlags() {
        assert is(FuseOpcode.INIT) : misuse();
        return Integer.toUnsignedLong(buffer.getInt(ARG + 12));
    }

    // struct fuse_open_in, fuse_create_in, fuse_mknod_in

    /**
     * OPEN, OPENDIR, CREATE: the flags of open(2) without O_NOCTTY; those of OPEN also without
     * O_CREAT and O_EXCL.
     */
    public int openFlags() {
        assert is(FuseOpcode.OPEN) || is(FuseOpcode.OPENDIR) || is(FuseOpcode.CREATE) : misuse();
        return buffer.getInt(ARG);
    }

    /** CREATE: the new file's type and permissions. */
    public int createMode() {
        assert is(FuseOpcode.CREATE) : misuse();
        return buffer.getInt(ARG + 4);
    }

    /** MKNOD, MKDIR: the new node's type and permissions. */
    public int mknodMode() {
        assert is(FuseOpcode.MKNOD) || is(FuseOpcode.MKDIR) : misuse();
        return buffer.getInt(ARG);
    }

    /** MKNOD: the device number, as the kernel encodes it ({@code new_encode_dev}). */
    public int mknodDevice() {
        assert is(FuseOpcode.MKNOD) : misuse();
        return buffer.getInt(ARG + 4);
    }

    // struct fuse_read_in, fuse_write_in, fuse_lseek_in, fuse_ioctl_in, ...

    /**
     * Returns the open file: what the server gave the kernel in the reply to OPEN or OPENDIR. For
     * READ, WRITE, READDIR(PLUS), IOCTL, POLL, LSEEK, FLUSH, FSYNC(DIR), RELEASE(DIR), FALLOCATE;
     * for GETATTR and SETATTR valid only if their flags say so.
     */
    public long fh() {
        int opcode = opcode();
        if (opcode == FuseOpcode.GETATTR || opcode == FuseOpcode.SETATTR) {
            return buffer.getLong(ARG + 8);
        }
        return buffer.getLong(ARG);
    }

    /** READ, WRITE, READDIR(PLUS), LSEEK: the position, in bytes or as given with an entry. */
    public long offset() {
        assert isTransfer() || is(FuseOpcode.LSEEK) : misuse();
        return buffer.getLong(ARG + 8);
    }

    /** READ, WRITE, READDIR(PLUS): bytes asked for, or carried by the WRITE; never negative. */
    public int size() {
        assert isTransfer() : misuse();
        return buffer.getInt(ARG + 16);
    }

    /** READ, READDIR(PLUS): {@link FuseConstants#FUSE_READ_LOCKOWNER} and later ones. */
    public int readFlags() {
        assert isTransfer() && !is(FuseOpcode.WRITE) : misuse();
        return buffer.getInt(ARG + 20);
    }

    /** WRITE: {@link FuseConstants#FUSE_WRITE_CACHE} and others. */
    public int writeFlags() {
        assert is(FuseOpcode.WRITE) : misuse();
        return buffer.getInt(ARG + 20);
    }

    /**
     * READ, WRITE, FLUSH, RELEASE: an opaque number of the caller's file table; valid for READ and
     * WRITE only if their flags say so.
     */
    public long lockOwner() {
        if (isTransfer()) {
            return buffer.getLong(ARG + 24);
        }
        assert is(FuseOpcode.FLUSH) || isRelease() : misuse();
        return buffer.getLong(ARG + 16);
    }

    /**
     * READ, WRITE, READDIR(PLUS), RELEASE(DIR): the flags of the open file as they are now;
     * fcntl(F_SETFL) may have changed O_NONBLOCK and O_APPEND since OPEN.
     */
    public int fileFlags() {
        if (isRelease()) {
            return buffer.getInt(ARG + 8);
        }
        assert isTransfer() : misuse();
        return buffer.getInt(ARG + 32);
    }

    /** RELEASE, RELEASEDIR: {@link FuseConstants#FUSE_RELEASE_FLUSH} and others. */
    public int releaseFlags() {
        assert isRelease() : misuse();
        return buffer.getInt(ARG + 12);
    }

    /** FSYNC, FSYNCDIR: {@link FuseConstants#FUSE_FSYNC_FDATASYNC}. */
    public int fsyncFlags() {
        assert is(FuseOpcode.FSYNC) || is(FuseOpcode.FSYNCDIR) : misuse();
        return buffer.getInt(ARG + 8);
    }

    /** LSEEK: SEEK_DATA (3) or SEEK_HOLE (4); the kernel handles the others itself. */
    public int whence() {
        assert is(FuseOpcode.LSEEK) : misuse();
        return buffer.getInt(ARG + 16);
    }

    /** IOCTL: {@link FuseConstants#FUSE_IOCTL_COMPAT} and others. */
    public int ioctlFlags() {
        assert is(FuseOpcode.IOCTL) : misuse();
        return buffer.getInt(ARG + 8);
    }

    /** IOCTL: the command. */
    public int ioctlCommand() {
        assert is(FuseOpcode.IOCTL) : misuse();
        return buffer.getInt(ARG + 12);
    }

    /** IOCTL: the argument as passed, often an address in the caller. */
    public long ioctlArgument() {
        assert is(FuseOpcode.IOCTL) : misuse();
        return buffer.getLong(ARG + 16);
    }

    /** IOCTL: bytes of data at {@link #IOCTL_PAYLOAD_OFFSET}, 0 to 16383. */
    public int ioctlInSize() {
        assert is(FuseOpcode.IOCTL) : misuse();
        return buffer.getInt(ARG + 24);
    }

    /** IOCTL: the most bytes of data the reply may carry, 0 to 16383. */
    public int ioctlOutSize() {
        assert is(FuseOpcode.IOCTL) : misuse();
        return buffer.getInt(ARG + 28);
    }

    // struct fuse_poll_in

    /** POLL: the kernel's name for this open file in notifications; the same at every POLL. */
    public long pollHandle() {
        assert is(FuseOpcode.POLL) : misuse();
        return buffer.getLong(ARG + 8);
    }

    /** POLL: {@link FuseConstants#FUSE_POLL_SCHEDULE_NOTIFY}. */
    public int pollFlags() {
        assert is(FuseOpcode.POLL) : misuse();
        return buffer.getInt(ARG + 16);
    }

    /** POLL: the events asked for, POLLERR and POLLHUP always among them. */
    public int pollEvents() {
        assert is(FuseOpcode.POLL) : misuse();
        return buffer.getInt(ARG + 20);
    }

    // struct fuse_getattr_in, fuse_setattr_in, fuse_access_in

    /** GETATTR: {@link FuseConstants#FUSE_GETATTR_FH}. */
    public int getattrFlags() {
        assert is(FuseOpcode.GETATTR) : misuse();
        return buffer.getInt(ARG);
    }

    /** SETATTR: which values are to be set, a set of {@code FATTR_*}. */
    public int setattrValid() {
        assert is(FuseOpcode.SETATTR) : misuse();
        return buffer.getInt(ARG);
    }

    /** SETATTR: size in bytes, with {@link FuseConstants#FATTR_SIZE}. */
    public long setattrSize() {
        assert is(FuseOpcode.SETATTR) : misuse();
        return buffer.getLong(ARG + 16);
    }

    /** SETATTR: time of access, seconds since 1970, with {@link FuseConstants#FATTR_ATIME}. */
    public long setattrAtime() {
        assert is(FuseOpcode.SETATTR) : misuse();
        return buffer.getLong(ARG + 32);
    }

    /** SETATTR: time of modification, seconds since 1970. */
    public long setattrMtime() {
        assert is(FuseOpcode.SETATTR) : misuse();
        return buffer.getLong(ARG + 40);
    }

    /** SETATTR: nanoseconds to add to {@link #setattrAtime}. */
    public int setattrAtimeNanos() {
        assert is(FuseOpcode.SETATTR) : misuse();
        return buffer.getInt(ARG + 56);
    }

    /** SETATTR: nanoseconds to add to {@link #setattrMtime}. */
    public int setattrMtimeNanos() {
        assert is(FuseOpcode.SETATTR) : misuse();
        return buffer.getInt(ARG + 60);
    }

    /** SETATTR: type and permissions, with {@link FuseConstants#FATTR_MODE}. */
    public int setattrMode() {
        assert is(FuseOpcode.SETATTR) : misuse();
        return buffer.getInt(ARG + 68);
    }

    /** SETATTR: owner, with {@link FuseConstants#FATTR_UID}. */
    public int setattrUid() {
        assert is(FuseOpcode.SETATTR) : misuse();
        return buffer.getInt(ARG + 76);
    }

    /** SETATTR: group, with {@link FuseConstants#FATTR_GID}. */
    public int setattrGid() {
        assert is(FuseOpcode.SETATTR) : misuse();
        return buffer.getInt(ARG + 80);
    }

    /** ACCESS: a set of R_OK (4), W_OK (2) and X_OK (1). */
    public int accessMask() {
        assert is(FuseOpcode.ACCESS) : misuse();
        return buffer.getInt(ARG);
    }

    // struct fuse_interrupt_in, fuse_forget_in, fuse_batch_forget_in, fuse_forget_one

    /** INTERRUPT: the {@link #unique} of the request to interrupt. */
    public long interruptUnique() {
        assert is(FuseOpcode.INTERRUPT) : misuse();
        return buffer.getLong(ARG);
    }

    /** FORGET: how many of its lookups of {@link #nodeId} the kernel gives back. */
    public long forgetCount() {
        assert is(FuseOpcode.FORGET) : misuse();
        return buffer.getLong(ARG);
    }

    /** BATCH_FORGET: number of entries. */
    public int batchForgetCount() {
        assert is(FuseOpcode.BATCH_FORGET) : misuse();
        return buffer.getInt(ARG);
    }

    /**
     * BATCH_FORGET: the node of an entry.
     *
     * @param index 0 to {@link #batchForgetCount} - 1; unchecked
     */
    public long batchForgetNodeId(int index) {
        assert is(FuseOpcode.BATCH_FORGET) && index < batchForgetCount() : misuse();
        return buffer.getLong(ARG + 8 + index * FORGET_ONE_BYTES);
    }

    /**
     * BATCH_FORGET: how many lookups of an entry's node the kernel gives back.
     *
     * @param index 0 to {@link #batchForgetCount} - 1; unchecked
     */
    public long batchForgetLookups(int index) {
        assert is(FuseOpcode.BATCH_FORGET) && index < batchForgetCount() : misuse();
        return buffer.getLong(ARG + 16 + index * FORGET_ONE_BYTES);
    }

    private boolean is(int opcode) {
        return opcode() == opcode;
    }

    private boolean isTransfer() {
        int opcode = opcode();
        return opcode == FuseOpcode.READ
                || opcode == FuseOpcode.WRITE
                || opcode == FuseOpcode.READDIR
                || opcode == FuseOpcode.READDIRPLUS;
    }

    private boolean isRelease() {
        return is(FuseOpcode.RELEASE) || is(FuseOpcode.RELEASEDIR);
    }

    private String misuse() {
        return "accessor of another opcode used for " + FuseOpcode.name(opcode());
    }
}
