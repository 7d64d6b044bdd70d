package org.cdevgate.gate;

import java.nio.channels.ClosedByInterruptException;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.internal.LazySet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what a driver throws into what its caller gets, and logs what is the driver's error: each
 * kind once, because a caller may provoke it in a loop.
 *
 * <p><b>Who answers EINTR.</b> A sleep that a signal ends: parked in a verb, {@link ParkedSleep};
 * in a request of this JVM, {@link LocalRequest}; in a request without a thread its front, which
 * takes it back by {@link RequestSleeper#wake()}. A driver's own sleep ends with
 * InterruptedException, which becomes EINTR here. And a front may answer for a driver that ignores
 * the signal, when the caller is dying.
 */
final class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(FopsGate.class);
    private static final int MOST_KINDS = 100;

    private final String device;
    private final LazySet<String> logged = new LazySet<>();

    Faults(String device) {
        this.device = device;
    }

    /** The answer for the caller of a verb that threw. */
    ErrnoException answer(Verb verb, Throwable thrown) {
        if (thrown instanceof ErrnoException answer) {
            if (answer.errno() == Errno.ENOSYS.number()) {
                // One ENOSYS would switch the verb off for every node of a FUSE connection.
                return (verb == Verb.IOCTL ? Errno.ENOTTY : Errno.EINVAL).exception();
            }
            return answer;
        }
        if (thrown instanceof InterruptedException
                || thrown instanceof ClosedByInterruptException) {
            return Errno.EINTR.exception();
        }
        log(verb.toString(), thrown);
        return Errno.EIO.exception();
    }

    /** EIO for a result that no caller may see, with a line in the log. */
    ErrnoException badResult(String what, long result, String expected) {
        if (firstOfKind(what + " result")) {
            LOG.error(
                    "driver of {}: {} returned {}, expected {}; the caller gets EIO. Throw an"
                            + " ErrnoException for an error, return 0 for end of file",
                    device,
                    what,
                    result,
                    expected);
        }
        return Errno.EIO.exception();
    }

    /** Logs an exception with its stack, the first of its kind. */
    void log(String what, Throwable thrown) {
        if (firstOfKind(what + " " + thrown.getClass().getName())) {
            LOG.error(
                    "driver of {}: {} failed; later failures of this kind are not logged",
                    device,
                    what,
                    thrown);
        }
    }

    private boolean firstOfKind(String kind) {
        return logged.size() < MOST_KINDS && logged.add(kind);
    }
}
