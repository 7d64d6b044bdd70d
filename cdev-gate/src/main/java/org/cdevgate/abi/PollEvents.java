package org.cdevgate.abi;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Event masks of poll(2), values of asm-generic/poll.h. An event mask is an int; these are its
 * bits.
 *
 * <pre>{@code
 * public int poll(OpenFile file, Call call) {
 *     call.pollWait(readable);
 *     return unread.isEmpty() ? 0 : PollEvents.POLLIN | PollEvents.POLLRDNORM;
 * }
 * }</pre>
 */
public final class PollEvents {
    /** There is data to read. */
    public static final int POLLIN = 0x0001;

    /** There is an exceptional condition. */
    public static final int POLLPRI = 0x0002;

    /** Writing is possible. */
    public static final int POLLOUT = 0x0004;

    /** An error; reported whether asked for or not. */
    public static final int POLLERR = 0x0008;

    /** Hang-up; reported whether asked for or not. */
    public static final int POLLHUP = 0x0010;

    /** The descriptor is not open. */
    public static final int POLLNVAL = 0x0020;

    /** Normal data may be read. */
    public static final int POLLRDNORM = 0x0040;

    /** Priority data may be read. */
    public static final int POLLRDBAND = 0x0080;

    /** Normal data may be written. */
    public static final int POLLWRNORM = 0x0100;

    /** Priority data may be written. */
    public static final int POLLWRBAND = 0x0200;

    /** A SIGPOLL message is available. */
    public static final int POLLMSG = 0x0400;

    /** Removal of the descriptor from an event set. */
    public static final int POLLREMOVE = 0x1000;

    /** The peer closed its writing half. */
    public static final int POLLRDHUP = 0x2000;

    /** What the kernel answers where a driver has no poll (DEFAULT_POLLMASK in linux/poll.h). */
    public static final int DEFAULT_POLLMASK = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;

    private static final @Nullable String[] NAMES = {
        "POLLIN",
        "POLLPRI",
        "POLLOUT",
        "POLLERR",
        "POLLHUP",
        "POLLNVAL",
        "POLLRDNORM",
        "POLLRDBAND",
        "POLLWRNORM",
        "POLLWRBAND",
        "POLLMSG",
        null,
        "POLLREMOVE",
        "POLLRDHUP"
    };

    private PollEvents() {}

    /** The mask as a C programmer writes it, for example {@code POLLIN|POLLHUP}; "0" if empty. */
    public static String toString(int events) {
        StringJoiner names = new StringJoiner("|");
        names.setEmptyValue("0");
        int rest = events;
        for (int bit = 0; bit < NAMES.length; bit++) {
            if ((events & 1 << bit) != 0 && NAMES[bit] != null) {
                names.add(NAMES[bit]);
                rest &= ~(1 << bit);
            }
        }
        if (rest != 0) {
            names.add("0x" + Integer.toHexString(rest));
        }
        return names.toString();
    }
}
