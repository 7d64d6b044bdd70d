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

    private MessageCheck() {}

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
        FuseOpcode opcode = opcode(buffer);
        int argumentEnd = opcode.argumentEnd();
        if (end < argumentEnd) {
            return DecodeError.ARGUMENT_TRUNCATED;
        }
        int namesEnd = namesEnd(buffer, argumentEnd, opcode.names(), end);
        return namesEnd < 0
                ? DecodeError.NAME_INVALID
                : checkSizes(buffer, opcode.sizes(), namesEnd, end);
    }

    /** The operation of a message that has its header. */
    static FuseOpcode opcode(ByteBuffer buffer) {
        return FuseOpcode.of(buffer.getInt(OPCODE));
    }

    /** The operation's name, or its number where it is not known. */
    static String opcodeName(ByteBuffer buffer) {
        FuseOpcode opcode = opcode(buffer);
        return opcode == FuseOpcode.UNKNOWN ? "opcode " + buffer.getInt(4) : opcode.name();
    }

    /** Where the extensions begin that the header tells of, counted back from {@code length}. */
    static int extensionBytes(ByteBuffer buffer) {
        return 8 * Short.toUnsignedInt(buffer.getShort(EXTENSION_WORDS));
    }

    private static DecodeError checkSizes(
            ByteBuffer buffer, FuseOpcode.Sizes sizes, int namesEnd, int end) {
        return switch (sizes) {
            case FIXED -> DecodeError.NONE;
            case ASKED -> check(buffer.getInt(SIZE) >= 0, DecodeError.SIZE_OUT_OF_RANGE);
            case WRITTEN ->
                    check(
                            buffer.getInt(SIZE) == end - FuseRequest.WRITE_PAYLOAD_OFFSET,
                            DecodeError.PAYLOAD_MISMATCH);
            case IOCTL -> {
                int in = buffer.getInt(IOCTL_IN_SIZE);
                yield !isIoctlSize(in) || !isIoctlSize(buffer.getInt(IOCTL_OUT_SIZE))
                        ? DecodeError.SIZE_OUT_OF_RANGE
                        : check(
                                in == end - FuseRequest.IOCTL_PAYLOAD_OFFSET,
                                DecodeError.PAYLOAD_MISMATCH);
            }
            case FORGETS -> {
                long entries = Integer.toUnsignedLong(buffer.getInt(HEADER_BYTES));
                yield check(
                        HEADER_BYTES + 8 + entries * FORGET_ONE_BYTES <= end,
                        DecodeError.COUNT_MISMATCH);
            }
            case INIT ->
                    check(
                            !hasInitFlags2(buffer) || end >= INIT_FLAGS2_END,
                            DecodeError.ARGUMENT_TRUNCATED);
            case XATTR ->
                    check(
                            buffer.getInt(HEADER_BYTES) == end - namesEnd,
                            DecodeError.PAYLOAD_MISMATCH);
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

    /** Where so many names end, each with its NUL; below 0 if one is empty or does not end. */
    private static int namesEnd(ByteBuffer buffer, int start, int count, int end) {
        int next = start;
        for (int i = 0; i < count; i++) {
            int nul = next;
            while (nul < end && buffer.get(nul) != 0) {
                nul++;
            }
            if (nul == end || nul == next) {
                return -1;
            }
            next = nul + 1;
        }
        return next;
    }
}
