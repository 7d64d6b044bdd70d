package org.cdevgate.abi;

import java.util.Objects;

/**
 * The answer "-1 with this errno" of a file operation:
 *
 * <pre>{@code
 * if (channel >= channels.length) {
 *     throw Errno.EINVAL.exception();
 * }
 * }</pre>
 *
 * <p>Verbs fail often and on purpose (EAGAIN, ENODEV), so the exceptions handed out by {@link #of}
 * and {@link Errno#exception()} are shared, carry no stack trace and cannot be given suppressed
 * exceptions: throwing one allocates nothing. The public constructor makes an ordinary exception,
 * with a stack trace and a message for the log; the caller of the verb sees only the number.
 *
 * <p>Safe for use by any thread.
 */
public final class ErrnoException extends Exception {
    /** The largest number that fits the kernel's error pointers; FUSE refuses larger replies. */
    public static final int MAX_ERRNO = 511;

    private static final long serialVersionUID = 1L;

    private static final ErrnoException[] SHARED = new ErrnoException[MAX_ERRNO + 1];

    static {
        for (int errno = 1; errno <= MAX_ERRNO; errno++) {
            SHARED[errno] = new ErrnoException(errno);
        }
    }

    private final int errno;

    private ErrnoException(int errno) {
        super(Errno.describe(errno), null, false, false);
        this.errno = errno;
    }

    /**
     * Makes an exception of its own, with a stack trace.
     *
     * @param errno what the caller of the verb will see
     * @param message why, for the log
     */
    public ErrnoException(Errno errno, String message) {
        super(
                Objects.requireNonNull(errno, "errno").name()
                        + ": "
                        + Objects.requireNonNull(message, "message"));
        this.errno = errno.number();
    }

    /**
     * The shared exception of a number.
     *
     * @param errno 1 to {@value #MAX_ERRNO}; a number need not have a name in {@link Errno}
     * @throws IllegalArgumentException if the number is out of that range
     */
    public static ErrnoException of(int errno) {
        if (errno < 1 || errno > MAX_ERRNO) {
            throw new IllegalArgumentException(
                    "errno "
                            + errno
                            + " is outside 1.."
                            + MAX_ERRNO
                            + "; pass the positive number, as in errno(3)");
        }
        return SHARED[errno];
    }

    /** The positive number, as errno(3) gives it. */
    public int errno() {
        return errno;
    }
}
