package org.cdevgate.fuse.protocol;

import java.util.Arrays;

/**
 * Operations, {@code enum fuse_opcode} of {@code linux/fuse.h} without its {@code FUSE_} prefix.
 * One row says all that the wire has to say of an operation: its number, the bytes of the struct
 * after the header, the NUL-terminated names after that, which sizes in it have to be right, and
 * whether the kernel waits for a reply.
 */
public enum FuseOpcode {
    // number, struct, names, sizes, reply
    LOOKUP(1, 0, 1, Sizes.FIXED, Reply.ONE),
    FORGET(2, 8, 0, Sizes.FIXED, Reply.NONE),
    GETATTR(3, 16, 0, Sizes.FIXED, Reply.ONE),
    SETATTR(4, 88, 0, Sizes.FIXED, Reply.ONE),
    READLINK(5, 0, 0, Sizes.FIXED, Reply.ONE),
    SYMLINK(6, 0, 2, Sizes.FIXED, Reply.ONE),
    MKNOD(8, 16, 1, Sizes.FIXED, Reply.ONE),
    MKDIR(9, 8, 1, Sizes.FIXED, Reply.ONE),
    UNLINK(10, 0, 1, Sizes.FIXED, Reply.ONE),
    RMDIR(11, 0, 1, Sizes.FIXED, Reply.ONE),
    RENAME(12, 8, 2, Sizes.FIXED, Reply.ONE),
    LINK(13, 8, 1, Sizes.FIXED, Reply.ONE),
    OPEN(14, 8, 0, Sizes.FIXED, Reply.ONE),
    READ(15, 40, 0, Sizes.ASKED, Reply.ONE),
    WRITE(16, 40, 0, Sizes.WRITTEN, Reply.ONE),
    STATFS(17, 0, 0, Sizes.FIXED, Reply.ONE),
    RELEASE(18, 24, 0, Sizes.FIXED, Reply.ONE),
    FSYNC(20, 16, 0, Sizes.FIXED, Reply.ONE),
    SETXATTR(21, 8, 1, Sizes.XATTR, Reply.ONE),
    GETXATTR(22, 8, 1, Sizes.FIXED, Reply.ONE),
    LISTXATTR(23, 8, 0, Sizes.FIXED, Reply.ONE),
    REMOVEXATTR(24, 0, 1, Sizes.FIXED, Reply.ONE),
    FLUSH(25, 24, 0, Sizes.FIXED, Reply.ONE),
    INIT(26, 16, 0, Sizes.INIT, Reply.ONE),
    OPENDIR(27, 8, 0, Sizes.FIXED, Reply.ONE),
    READDIR(28, 40, 0, Sizes.ASKED, Reply.ONE),
    RELEASEDIR(29, 24, 0, Sizes.FIXED, Reply.ONE),
    FSYNCDIR(30, 16, 0, Sizes.FIXED, Reply.ONE),
    GETLK(31, 48, 0, Sizes.FIXED, Reply.ONE),
    SETLK(32, 48, 0, Sizes.FIXED, Reply.ONE),
    SETLKW(33, 48, 0, Sizes.FIXED, Reply.ONE),
    ACCESS(34, 8, 0, Sizes.FIXED, Reply.ONE),
    CREATE(35, 16, 1, Sizes.FIXED, Reply.ONE),
    INTERRUPT(36, 8, 0, Sizes.FIXED, Reply.NONE),
    BMAP(37, 16, 0, Sizes.FIXED, Reply.ONE),
    DESTROY(38, 0, 0, Sizes.FIXED, Reply.ONE),
    IOCTL(39, 32, 0, Sizes.IOCTL, Reply.ONE),
    POLL(40, 24, 0, Sizes.FIXED, Reply.ONE),
    NOTIFY_REPLY(41, 40, 0, Sizes.FIXED, Reply.NONE),
    BATCH_FORGET(42, 8, 0, Sizes.FORGETS, Reply.NONE),
    FALLOCATE(43, 32, 0, Sizes.FIXED, Reply.ONE),
    READDIRPLUS(44, 40, 0, Sizes.ASKED, Reply.ONE),
    RENAME2(45, 16, 2, Sizes.FIXED, Reply.ONE),
    LSEEK(46, 24, 0, Sizes.FIXED, Reply.ONE),
    COPY_FILE_RANGE(47, 56, 0, Sizes.FIXED, Reply.ONE),
    SETUPMAPPING(48, 40, 0, Sizes.FIXED, Reply.ONE),
    REMOVEMAPPING(49, 4, 0, Sizes.FIXED, Reply.ONE),
    SYNCFS(50, 8, 0, Sizes.FIXED, Reply.ONE),
    TMPFILE(51, 16, 1, Sizes.FIXED, Reply.ONE),
    STATX(52, 24, 0, Sizes.FIXED, Reply.ONE),
    COPY_FILE_RANGE_64(53, 56, 0, Sizes.FIXED, Reply.ONE),

    /** One that is not known here; a newer kernel may send it, and waits for a reply. */
    UNKNOWN(0, 0, 0, Sizes.FIXED, Reply.ONE);

    /** The sizes that a message tells of itself; {@link MessageCheck} has the rule of each. */
    enum Sizes {
        /** None: whatever follows is names, or nothing. */
        FIXED,
        /** How much is asked for. */
        ASKED,
        /** The data carried, to the end of the message. */
        WRITTEN,
        /** Of data to a device, to the end of the message, and from it. */
        IOCTL,
        /** The number of structs that follow. */
        FORGETS,
        /** An INIT of FUSE_INIT_EXT is longer. */
        INIT,
        /** The value behind the name. */
        XATTR
    }

    /**
     * The replies that the kernel waits for. It numbers FORGET and BATCH_FORGET nowhere; and the
     * only legal replies to INTERRUPT, EAGAIN and ENOSYS, ask for the same interrupt again and for
     * none ever after.
     */
    enum Reply {
        NONE,
        ONE
    }

    /** More than each number. */
    public static final int NUMBERS = 64;

    private static final FuseOpcode[] BY_NUMBER = byNumber();

    private final int number;
    private final int argumentBytes;
    private final int names;
    private final Sizes sizes;
    private final boolean expectsReply;

    FuseOpcode(int number, int argumentBytes, int names, Sizes sizes, Reply reply) {
        this.number = number;
        this.argumentBytes = argumentBytes;
        this.names = names;
        this.sizes = sizes;
        this.expectsReply = reply == Reply.ONE;
    }

    private static FuseOpcode[] byNumber() {
        FuseOpcode[] all = new FuseOpcode[NUMBERS];
        Arrays.fill(all, UNKNOWN);
        for (FuseOpcode each : values()) {
            all[each.number] = each;
        }
        return all;
    }

    /**
     * Returns the operation of a number.
     *
     * @param number any value, {@link #UNKNOWN} for one that is not known here
     */
    public static FuseOpcode of(int number) {
        return number >= 0 && number < NUMBERS ? BY_NUMBER[number] : UNKNOWN;
    }

    /** Returns {@code fuse_in_header.opcode}; 0, which means no operation, for {@link #UNKNOWN}. */
    public int number() {
        return number;
    }

    /** Tells whether the kernel waits for a reply. */
    public boolean expectsReply() {
        return expectsReply;
    }

    /** Where the struct ends, counted from the start of the message, and the names begin. */
    int argumentEnd() {
        return MessageCheck.HEADER_BYTES + argumentBytes;
    }

    /** How many names follow the struct. */
    int names() {
        return names;
    }

    Sizes sizes() {
        return sizes;
    }
}
