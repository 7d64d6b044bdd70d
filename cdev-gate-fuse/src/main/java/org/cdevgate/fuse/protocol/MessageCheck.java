package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;

/**
 * Decides whether a message is what its header and opcode say: every size in it against the bytes
 * received, before anything else is read. Pure functions of the bytes; allocates nothing and never
 * throws, whatever stands there.
 */
final class MessageCheck {
    /** Bytes of {@code struct fuse_in_header}; the argument struct follows. */
    static final int HEADER_BYTES = 40;

    /** Bytes of {@code struct fuse_forget_one}. */
    static final int FORGET_ONE_BYTES = 16;

    private static final int LENGTH = 0; // fuse_in_header.len
    private static final int OPCODE = 4; // fuse_in_header.opcode
    private static final int EXTENSION_WORDS = 36; // fuse_in_header.total_extlen, in 8 bytes
    private static final int SIZE = HEADER_BYTES + 16; // size of fuse_read_in and fuse_write_in
    private static final int IOCTL_IN_SIZE = HEADER_BYTES + 24;
    private static final int IOCTL_OUT_SIZE = HEADER_BYTES + 28;
    private static final int INIT_FLAGS = HEADER_BYTES + 12;
    private static final int FIRST_MINOR_WITH_FLAGS2 = 36;
    private static final int INIT_FLAGS2_END = HEADER_BYTES + 20;

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

    private MessageCheck() {}

    private static void argument(int bytes, int names, int... opcodes) {
        for (int opcode : opcodes) {
            ARGUMENT_BYTES[opcode] = (byte) bytes;
            NAMES[opcode] = (byte) names;
        }
    }

    /**
     * Checks a message at the start of a buffer.
     *
     * @param length bytes received, as read(2) returned it; any value
     */
    static DecodeError check(ByteBuffer buffer, int length) {
        if (length < HEADER_BYTES || buffer.capacity() < HEADER_BYTES) {
            return DecodeError.HEADER_TRUNCATED;
        }
        if (buffer.getInt(LENGTH) != length || length > buffer.capacity()) {
            return DecodeError.LENGTH_MISMATCH;
        }
        int end = length - extensionBytes(buffer);
        if (end < HEADER_BYTES) {
            return DecodeError.EXTENSION_TRUNCATED;
        }
        int opcode = buffer.getInt(OPCODE);
        if (!isKnown(opcode)) {
            return DecodeError.NONE;
        }
        int argumentEnd = HEADER_BYTES + ARGUMENT_BYTES[opcode];
        if (end < argumentEnd) {
            return DecodeError.ARGUMENT_TRUNCATED;
        }
        int names = NAMES[opcode];
        return names == 0
                ? checkSizes(buffer, opcode, end)
                : checkNames(buffer, opcode, argumentEnd, names, end);
    }

    /** Where the extensions begin that the header tells of, counted back from {@code length}. */
    static int extensionBytes(ByteBuffer buffer) {
        return 8 * Short.toUnsignedInt(buffer.getShort(EXTENSION_WORDS));
    }

    static boolean isKnown(int opcode) {
        return opcode >= 0 && opcode < FuseOpcode.COUNT;
    }

    /** Where the struct of a known opcode ends, and its names begin if it has some. */
    static int argumentEnd(int opcode) {
        return HEADER_BYTES + ARGUMENT_BYTES[opcode];
    }

    /** How many names follow the struct; 0 for an unknown opcode. */
    static int names(int opcode) {
        return isKnown(opcode) ? NAMES[opcode] : 0;
    }

    private static DecodeError checkSizes(ByteBuffer buffer, int opcode, int end) {
        return switch (opcode) {
            case FuseOpcode.READ, FuseOpcode.READDIR, FuseOpcode.READDIRPLUS ->
                    check(buffer.getInt(SIZE) >= 0, DecodeError.SIZE_OUT_OF_RANGE);
            case FuseOpcode.WRITE ->
                    check(
                            buffer.getInt(SIZE) == end - FuseRequest.WRITE_PAYLOAD_OFFSET,
                            DecodeError.PAYLOAD_MISMATCH);
            case FuseOpcode.IOCTL -> {
                int in = buffer.getInt(IOCTL_IN_SIZE);
                yield !isIoctlSize(in) || !isIoctlSize(buffer.getInt(IOCTL_OUT_SIZE))
                        ? DecodeError.SIZE_OUT_OF_RANGE
                        : check(
                                in == end - FuseRequest.IOCTL_PAYLOAD_OFFSET,
                                DecodeError.PAYLOAD_MISMATCH);
            }
            case FuseOpcode.BATCH_FORGET -> {
                long entries = Integer.toUnsignedLong(buffer.getInt(HEADER_BYTES));
                yield check(
                        HEADER_BYTES + 8 + entries * FORGET_ONE_BYTES <= end,
                        DecodeError.COUNT_MISMATCH);
            }
            case FuseOpcode.INIT ->
                    check(
                            !hasInitFlags2(buffer) || end >= INIT_FLAGS2_END,
                            DecodeError.ARGUMENT_TRUNCATED);
            default -> DecodeError.NONE;
        };
    }

    /**
     * Whether an INIT has {@code flags2}: since 7.36, and with FUSE_INIT_EXT. What another major
     * version has there nobody knows; it is told ours, and asks again.
     */
    static boolean hasInitFlags2(ByteBuffer buffer) {
        return (buffer.getInt(INIT_FLAGS) & FuseConstants.FUSE_INIT_EXT) != 0
                && buffer.getInt(HEADER_BYTES) == FuseConstants.FUSE_KERNEL_VERSION
                && buffer.getInt(HEADER_BYTES + 4) >= FIRST_MINOR_WITH_FLAGS2;
    }

    private static DecodeError check(boolean sound, DecodeError otherwise) {
        return sound ? DecodeError.NONE : otherwise;
    }

    private static boolean isIoctlSize(int bytes) {
        return bytes >= 0 && bytes <= FuseConstants.IOC_SIZE_MAX;
    }

    private static DecodeError checkNames(
            ByteBuffer buffer, int opcode, int start, int count, int end) {
        int next = start;
        for (int i = 0; i < count; i++) {
            int nul = next;
            while (nul < end && buffer.get(nul) != 0) {
                nul++;
            }
            if (nul == end || nul == next) {
                return DecodeError.NAME_INVALID;
            }
            next = nul + 1;
        }
        // struct fuse_setxattr_in: size
        if (opcode == FuseOpcode.SETXATTR && buffer.getInt(HEADER_BYTES) != end - next) {
            return DecodeError.PAYLOAD_MISMATCH;
        }
        return DecodeError.NONE;
    }
}
