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
    public static final int HEADER_BYTES = MessageCheck.HEADER_BYTES;

    /** Index of the data of a WRITE: after the header and {@code struct fuse_write_in}. */
    public static final int WRITE_PAYLOAD_OFFSET = 80;

    /** Index of the data of an IOCTL: after the header and {@code struct fuse_ioctl_in}. */
    public static final int IOCTL_PAYLOAD_OFFSET = 72;

    /** Index of the argument struct. */
    private static final int ARG = HEADER_BYTES;

    private final ByteBuffer buffer;
    private final SetattrArguments setattr;
    private final ForgetArguments forget;
    private int received;
    private FuseOpcode opcode = FuseOpcode.UNKNOWN;

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
        this.setattr = new SetattrArguments(this.buffer);
        this.forget = new ForgetArguments(this.buffer, this);
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
        opcode = received < HEADER_BYTES ? FuseOpcode.UNKNOWN : MessageCheck.opcode(buffer);
        return MessageCheck.check(buffer, length);
    }

    /**
     * Says in one line what the message is and what is wrong with it, with every size that matters.
     * Works after any outcome of {@link #wrap}; allocates.
     *
     * @param error what {@code wrap} returned
     */
    public String describe(DecodeError error) {
        return MessageDescription.of(buffer, received, error);
    }

    // struct fuse_in_header

    /** Returns the bytes received. */
    public int length() {
        return received;
    }

    /** Returns the operation. */
    public FuseOpcode opcode() {
        return opcode;
    }

    /** Returns the operation's name for messages, or {@code "opcode 99"}. Allocates. */
    public String opcodeName() {
        return MessageCheck.opcodeName(buffer);
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
        return FuseName.decode(buffer, nameStart(), nameLength());
    }

    /** Returns the length of {@link #name} in bytes, without the NUL. */
    public int nameLength() {
        int start = nameStart();
        int nul = start;
        while (buffer.get(nul) != 0) { // wrap() has seen it
            nul++;
        }
        return nul - start;
    }

    private int nameStart() {
        assert opcode.names() > 0 : misuse();
        return opcode.argumentEnd();
    }

    // struct fuse_init_in

    /**
     * INIT: what the kernel offers; the upper half of its flags only from 7.36 on and if
     * FUSE_INIT_EXT is among the lower. Allocates.
     */
    public InitNegotiation.Offer initOffer() {
        assert is(FuseOpcode.INIT) : misuse();
        long flags = Integer.toUnsignedLong(buffer.getInt(ARG + 12));
        if (MessageCheck.hasInitFlags2(buffer)) {
            flags |= Integer.toUnsignedLong(buffer.getInt(ARG + 16)) << 32;
        }
        return new InitNegotiation.Offer(
                buffer.getInt(ARG), buffer.getInt(ARG + 4), buffer.getInt(ARG + 8), flags);
    }

    // struct fuse_open_in, fuse_create_in

    /**
     * OPEN, OPENDIR, CREATE: the flags of open(2) without O_NOCTTY; those of OPEN also without
     * O_CREAT and O_EXCL.
     */
    public int openFlags() {
        assert is(FuseOpcode.OPEN) || is(FuseOpcode.OPENDIR) || is(FuseOpcode.CREATE) : misuse();
        return buffer.getInt(ARG);
    }

    // struct fuse_read_in, fuse_write_in, fuse_lseek_in, fuse_ioctl_in, ...

    /**
     * Returns the open file: what the server gave the kernel in the reply to OPEN or OPENDIR. For
     * READ, WRITE, READDIR(PLUS), IOCTL, POLL, LSEEK, FLUSH, FSYNC(DIR), RELEASE(DIR), FALLOCATE;
     * for GETATTR and SETATTR valid only if their flags say so.
     */
    public long fh() {
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

    /** A READ that is no read(2), but the page of a mapping, of which mmap(2) told nobody. */
    public boolean isPageIn() {
        return is(FuseOpcode.READ) && (readFlags() & FuseConstants.FUSE_READ_LOCKOWNER) == 0;
    }

    /** A WRITE that is no write(2), but brings back the page of a shared mapping. */
    public boolean isWriteBack() {
        return is(FuseOpcode.WRITE) && (writeFlags() & FuseConstants.FUSE_WRITE_CACHE) != 0;
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

    /** IOCTL: {@link FuseConstants#FUSE_IOCTL_32BIT} and others. */
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

    // struct fuse_access_in, fuse_interrupt_in

    /** ACCESS: a set of R_OK (4), W_OK (2) and X_OK (1). */
    public int accessMask() {
        assert is(FuseOpcode.ACCESS) : misuse();
        return buffer.getInt(ARG);
    }

    /** INTERRUPT: the {@link #unique} of the request to interrupt. */
    public long interruptUnique() {
        assert is(FuseOpcode.INTERRUPT) : misuse();
        return buffer.getLong(ARG);
    }

    /** SETATTR: what is to be changed; always the same object. */
    public SetattrArguments setattr() {
        assert is(FuseOpcode.SETATTR) : misuse();
        return setattr;
    }

    /** FORGET, BATCH_FORGET: what is given back; always the same object. */
    public ForgetArguments forget() {
        assert is(FuseOpcode.FORGET) || is(FuseOpcode.BATCH_FORGET) : misuse();
        return forget;
    }

    private boolean is(FuseOpcode other) {
        return opcode == other;
    }

    private boolean isTransfer() {
        return opcode == FuseOpcode.READ
                || opcode == FuseOpcode.WRITE
                || opcode == FuseOpcode.READDIR
                || opcode == FuseOpcode.READDIRPLUS;
    }

    private boolean isRelease() {
        return is(FuseOpcode.RELEASE) || is(FuseOpcode.RELEASEDIR);
    }

    private String misuse() {
        return "accessor of another opcode used for " + opcodeName();
    }
}
