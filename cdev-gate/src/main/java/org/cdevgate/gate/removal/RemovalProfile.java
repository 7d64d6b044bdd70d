package org.cdevgate.gate.removal;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.calls.Verb;

/**
 * What callers see of a removal, as data: for each verb the answer to a call that comes after it
 * and to one that was in flight or asleep, and what becomes of unread data. Device families differ
 * in it, and programs rely on theirs: input readers expect ENODEV, terminal programs the end of the
 * file. {@link org.cdevgate.gate.GateBuilder#removalProfile} chooses one for a gate; {@code
 * docs/profiles.md} shows all beside what a Linux kernel was seen to do.
 *
 * <pre>{@code
 * FopsGate.builder("hidraw0", driver).removalProfile(RemovalProfile.HIDRAW).build();
 *
 * RemovalProfile board = // as hidraw, but ioctl gets EIO
 *         RemovalProfile.HIDRAW.withName("board").withErrno(Verb.IOCTL, Errno.EIO.number());
 * }</pre>
 *
 * <p>An answer is a number as a system call returns it to the C library: a negated errno, or a
 * result of 0 or more; for poll the events. The driver's own code sees none of this: {@link
 * org.cdevgate.gate.Call#await}, {@link org.cdevgate.gate.FopsGate#enter} and holds say ENODEV
 * under every profile.
 *
 * <p>Immutable; each {@code with} method returns a changed copy. For any thread.
 */
public final class RemovalProfile {
    /**
     * The default: every verb ENODEV, poll POLLERR|POLLHUP, close succeeds, unread data is lost.
     */
    public static final RemovalProfile EVDEV = KnownProfiles.evdev();

    /** A GPIO chip or line. */
    public static final RemovalProfile GPIO = KnownProfiles.gpio();

    /** A HID device without a driver of its own: unread reports are delivered, then EIO. */
    public static final RemovalProfile HIDRAW = KnownProfiles.hidraw();

    /** A terminal that hangs up: reads see the end of the file, everything else EIO. */
    public static final RemovalProfile TTY = KnownProfiles.tty();

    /** A video device: a blocked read or ioctl gets EINVAL, later ones ENODEV. */
    public static final RemovalProfile V4L2 = KnownProfiles.v4l2();

    /** A sound device: as evdev, but poll without POLLHUP. */
    public static final RemovalProfile ALSA = KnownProfiles.alsa();

    /** FreeBSD's dead_cdevsw: ENXIO. */
    public static final RemovalProfile BSD = KnownProfiles.bsd();

    private static final List<RemovalProfile> ALL =
            List.of(EVDEV, GPIO, HIDRAW, TTY, V4L2, ALSA, BSD);

    private static final int MOST_EVENTS = 0xffff; // poll(2) returns them in a short
    private static final int WAKING = PollEvents.POLLERR | PollEvents.POLLHUP;

    /** In the tables: not a file operation. */
    private static final int NO_VERB = Integer.MIN_VALUE;

    private final String name;
    private final int[] later;
    private final int[] blocked;
    private final boolean unreadDelivered;
    private final List<String> differences;

    private RemovalProfile(
            String name,
            int[] later,
            int[] blocked,
            boolean unreadDelivered,
            List<String> differences) {
        this.name = name;
        this.later = later;
        this.blocked = blocked;
        this.unreadDelivered = unreadDelivered;
        this.differences = differences;
    }

    /** Every verb ENODEV, poll POLLERR|POLLHUP, release 0; the others are built from it. */
    static RemovalProfile plain(String name) {
        int[] answers = new int[Verb.COUNT];
        Arrays.fill(answers, NO_VERB);
        for (Verb verb : Verb.values()) {
            if (verb.mayFail()) {
                answers[verb.index()] = -Errno.ENODEV.number();
            }
        }
        answers[Verb.POLL.index()] = WAKING;
        answers[Verb.RELEASE.index()] = 0; // close(2) of a dead descriptor succeeds
        return new RemovalProfile(name, answers, answers.clone(), false, List.of());
    }

    /** The profiles above, the default first. */
    public static List<RemovalProfile> all() {
        return ALL;
    }

    /** For people: {@code hidraw}. */
    public String name() {
        return name;
    }

    /**
     * The answer to a call that begins after the flag is set. Where {@link #isUnreadDelivered},
     * reads get unread data first, and poll then has POLLIN|POLLRDNORM too.
     *
     * @return a negated errno or a result; for POLL the events; for WRITE the result is the most
     *     bytes that the call says it has written, never more than it was given
     * @throws IllegalArgumentException if {@code verb} is no method of {@link
     *     org.cdevgate.gate.FileOperations}
     */
    public int later(Verb verb) {
        return answer(later, verb);
    }

    /**
     * The answer to a call that was in flight or asleep when the flag was set and that the removal
     * ended. A poller that a front wakes asks again and so gets the {@link #later} events.
     *
     * @return as there
     * @throws IllegalArgumentException as there
     */
    public int blocked(Verb verb) {
        return answer(blocked, verb);
    }

    private static int answer(int[] answers, Verb verb) {
        int answer = answers[Objects.requireNonNull(verb, "verb").index()];
        if (answer == NO_VERB) {
            throw new IllegalArgumentException(
                    verb + " is no file operation, so no caller gets an answer to it");
        }
        return answer;
    }

    /**
     * Whether what stands in a file's {@link org.cdevgate.gate.UnreadQueue} at the removal is read
     * before the end.
     */
    public boolean isUnreadDelivered() {
        return unreadDelivered;
    }

    /** Where it knowingly differs from the kernel that it follows, one sentence each. */
    public List<String> differences() {
        return differences;
    }

    /** The same under another name. */
    public RemovalProfile withName(String newName) {
        if (Objects.requireNonNull(newName, "newName").isEmpty()) {
            throw new IllegalArgumentException(
                    "newName is empty; a profile needs a name, for reports");
        }
        return new RemovalProfile(newName, later, blocked, unreadDelivered, differences);
    }

    /**
     * Lets a verb fail with an errno, blocked or later.
     *
     * @param errno 1 to {@value ErrnoException#MAX_ERRNO}; not ENOSYS, because one ENOSYS switches
     *     the verb off for every node of a FUSE connection
     * @throws IllegalArgumentException if the errno is out of range, or the verb cannot fail (poll
     *     answers events, release has no answer)
     */
    public RemovalProfile withErrno(Verb verb, int errno) {
        return withLaterErrno(verb, errno).withBlockedErrno(verb, errno);
    }

    /** {@link #withErrno} for calls that come later. */
    public RemovalProfile withLaterErrno(Verb verb, int errno) {
        return with(set(later, verb, negated(verb, errno)), blocked);
    }

    /** {@link #withErrno} for calls that the removal ends. */
    public RemovalProfile withBlockedErrno(Verb verb, int errno) {
        return with(later, set(blocked, verb, negated(verb, errno)));
    }

    /**
     * Lets a verb succeed with a result, blocked or later.
     *
     * @param result for READ 0, the end of the file; for FLUSH and FSYNC 0; for WRITE the most
     *     bytes it says it has written, {@link Integer#MAX_VALUE} for all; for LLSEEK and IOCTL 0
     *     or more
     * @throws IllegalArgumentException if the result is out of that range, or the verb cannot
     *     succeed once the device is gone (open, mmap)
     */
    public RemovalProfile withResult(Verb verb, int result) {
        return withLaterResult(verb, result).withBlockedResult(verb, result);
    }

    /** {@link #withResult} for calls that come later. */
    public RemovalProfile withLaterResult(Verb verb, int result) {
        return with(set(later, verb, checked(verb, result)), blocked);
    }

    /** {@link #withResult} for calls that the removal ends. */
    public RemovalProfile withBlockedResult(Verb verb, int result) {
        return with(later, set(blocked, verb, checked(verb, result)));
    }

    /**
     * What poll answers.
     *
     * @param laterEvents of {@link PollEvents}, with POLLERR or POLLHUP: the kernel reports these
     *     two whether asked for or not, and a caller that asked for none of the others would sleep
     *     for ever
     * @param blockedEvents of a poll that was in the driver when the flag was set; likewise
     * @throws IllegalArgumentException if neither is set, or a bit is none of poll(2)'s
     */
    public RemovalProfile withPoll(int laterEvents, int blockedEvents) {
        return with(
                set(later, Verb.POLL, checkedEvents(laterEvents)),
                set(blocked, Verb.POLL, checkedEvents(blockedEvents)));
    }

    /**
     * Whether unread data is delivered before the end, or lost; see {@link
     * org.cdevgate.gate.UnreadQueue}.
     */
    public RemovalProfile withUnreadDelivered(boolean delivered) {
        return new RemovalProfile(name, later, blocked, delivered, differences);
    }

    RemovalProfile withDifferences(String... sentences) {
        return new RemovalProfile(name, later, blocked, unreadDelivered, List.of(sentences));
    }

    private RemovalProfile with(int[] newLater, int[] newBlocked) {
        return new RemovalProfile(name, newLater, newBlocked, unreadDelivered, differences);
    }

    private static int[] set(int[] answers, Verb verb, int answer) {
        int[] changed = answers.clone();
        changed[verb.index()] = answer;
        return changed;
    }

    private static int negated(Verb verb, int errno) {
        if (Objects.requireNonNull(verb, "verb") == Verb.POLL) {
            throw new IllegalArgumentException("poll answers events, not an errno; use withPoll");
        }
        if (!verb.mayFail()) {
            throw new IllegalArgumentException(
                    verb + " has no errno: no caller gets an answer to it");
        }
        if (errno == Errno.ENOSYS.number()) {
            throw new IllegalArgumentException(
                    "ENOSYS for "
                            + verb
                            + " would switch it off for every node of a FUSE connection; give"
                            + " ENOTTY for ioctl, EINVAL otherwise");
        }
        return -ErrnoException.of(errno).errno();
    }

    private static int checked(Verb verb, int result) {
        if (Objects.requireNonNull(verb, "verb") == Verb.POLL) {
            throw new IllegalArgumentException("poll answers events, not a result; use withPoll");
        }
        if (!verb.mayFail()) {
            throw new IllegalArgumentException(
                    verb + " has no result: no caller gets an answer to it");
        }
        int most = verb.mostResultWhenGone();
        if (most < 0) {
            throw new IllegalArgumentException(
                    verb + " cannot succeed once the device is gone; give it an errno");
        }
        if (result < 0 || result > most) {
            throw new IllegalArgumentException(
                    "result "
                            + result
                            + " for "
                            + verb
                            + " after the removal; give "
                            + (most == 0 ? "0" : "0 or more")
                            + ", or an errno by withErrno");
        }
        return result;
    }

    private static int checkedEvents(int events) {
        if ((events & ~MOST_EVENTS) != 0) {
            throw new IllegalArgumentException(
                    "poll events 0x" + Integer.toHexString(events) + " are none of PollEvents");
        }
        if ((events & WAKING) == 0) {
            throw new IllegalArgumentException(
                    "poll events "
                            + PollEvents.toString(events)
                            + " wake only who asked for them; add POLLERR or POLLHUP");
        }
        return events;
    }

    @Override
    public String toString() {
        return "removal profile " + name;
    }
}
