package org.cdevgate.abi;

/**
 * Origins of lseek(2), values of linux/fs.h.
 *
 * <pre>{@code
 * return switch (whence) { // of the llseek verb
 *     case Seek.SEEK_SET -> offset;
 *     case Seek.SEEK_END -> size + offset;
 *     default -> throw Errno.EINVAL.exception();
 * };
 * }</pre>
 */
public final class Seek {
    /** From the start. */
    public static final int SEEK_SET = 0;

    /** From the current position. */
    public static final int SEEK_CUR = 1;

    /** From the end. */
    public static final int SEEK_END = 2;

    /** The next data at or after the offset. */
    public static final int SEEK_DATA = 3;

    /** The next hole at or after the offset. */
    public static final int SEEK_HOLE = 4;

    private Seek() {}
}
