package org.cdevgate.gate;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalProfile;
import org.jspecify.annotations.Nullable;

/**
 * What the removal of one gate answers its callers: the profile's data, and before a read's answer
 * the unread data of its file if the profile delivers them. Library code only: the device is going,
 * and nothing here calls the driver.
 *
 * <p>A result of 0 or more is returned, an errno is thrown.
 */
final class RemovalAnswers {
    private static final int READABLE = PollEvents.POLLIN | PollEvents.POLLRDNORM;

    final RemovalProfile profile;

    RemovalAnswers(RemovalProfile profile) {
        this.profile = profile;
    }

    /** To a call that begins after the flag. */
    int later(Verb verb) throws ErrnoException {
        return resultOf(profile.later(verb));
    }

    /**
     * {@link #later} of WRITE.
     *
     * @param last run of the request, which was woken and comes too late; or null
     */
    int laterWrite(@Nullable BlockedRun last) throws ErrnoException {
        return last != null && last.moved() > 0 ? last.moved() : later(Verb.WRITE);
    }

    /**
     * {@link #later} of READ.
     *
     * @param dst from its position on
     */
    int laterRead(OpenFile file, ByteBuffer dst) throws ErrnoException {
        int unread = unread(file, dst);
        return unread >= 0 ? unread : later(Verb.READ);
    }

    int laterPoll(OpenFile file) {
        return profile.later(Verb.POLL) | readable(file);
    }

    /** To a call that the removal ended. */
    int blocked(Verb verb) throws ErrnoException {
        return resultOf(profile.blocked(verb));
    }

    /** To a request that sleeps: the bytes that its write has taken, or else {@link #blocked}. */
    int asleep(BlockedRun run) throws ErrnoException {
        return resultOf(asleepOrErrno(run.verb(), run.moved()));
    }

    /** {@link #asleep}, with a negative errno in place of an exception. */
    int asleepOrErrno(Verb verb, int moved) {
        return moved > 0 ? moved : profile.blocked(verb);
    }

    /**
     * {@link #blocked} of READ. It slept because there was nothing for it, but a record may have
     * come between its last look and the flag.
     *
     * @param dst from its position on
     */
    int blockedRead(OpenFile file, ByteBuffer dst) throws ErrnoException {
        int unread = unread(file, dst);
        return unread >= 0 ? unread : blocked(Verb.READ);
    }

    int blockedPoll(OpenFile file) {
        return profile.blocked(Verb.POLL) | readable(file);
    }

    /**
     * Whether a request that sleeps, or wants to, is to be run again, because there is something
     * for it after all: the gate then refuses it and serves it from there.
     */
    boolean isServedLater(OpenFile file, Verb verb) {
        UnreadQueue unread = verb == Verb.READ ? deliverable(file) : null;
        return unread != null && unread.hasDataOrClose();
    }

    private int unread(OpenFile file, ByteBuffer dst) {
        UnreadQueue unread = deliverable(file);
        return unread == null ? -1 : unread.takeOrClose(dst);
    }

    private int readable(OpenFile file) {
        UnreadQueue unread = deliverable(file);
        return unread == null || unread.isEmpty() ? 0 : READABLE;
    }

    private @Nullable UnreadQueue deliverable(OpenFile file) {
        return profile.isUnreadDelivered() ? file.unread() : null;
    }

    private static int resultOf(int answer) throws ErrnoException {
        if (answer < 0) {
            throw ErrnoException.of(-answer);
        }
        return answer;
    }
}
