package org.cdevgate.abi;

/**
 * Flags of open(2) that mean something to a driver, values of asm-generic/fcntl.h. Only those whose
 * value is the same on every architecture with the generic header are named here.
 *
 * <pre>{@code
 * boolean forWriting = (file.flags() & OpenFlags.O_ACCMODE) != OpenFlags.O_RDONLY;
 * }</pre>
 */
public final class OpenFlags {
    /** Open for reading only. */
    public static final int O_RDONLY = 0;

    /** Open for writing only. */
    public static final int O_WRONLY = 1;

    /** Open for reading and writing. */
    public static final int O_RDWR = 2;

    /** Mask of the three above. */
    public static final int O_ACCMODE = 3;

    /** Truncate on opening. */
    public static final int O_TRUNC = 0x200;

    /** Append on each write. */
    public static final int O_APPEND = 0x400;

    /** A verb that would sleep answers EAGAIN instead. */
    public static final int O_NONBLOCK = 0x800;

    /** Writes wait for the data to be stored. */
    public static final int O_DSYNC = 0x1000;

    private OpenFlags() {}
}
