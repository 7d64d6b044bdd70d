package org.cdevgate.fuse.session;

import org.cdevgate.fuse.protocol.DecodeError;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.internal.LogLimit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of threads that must go on whatever a driver or an appender does to this process: where a
 * line cannot be written, the line is lost and counted, and not the thread, on which every client
 * waits. Nothing here throws, and arguments that would cost memory are made in here.
 *
 * <p>Each kind of line comes as often as {@link LogLimit} lets it, whatever clients do; the next
 * one says how many were left out.
 */
final class CarefulLog {
    private static final Logger LOG = LoggerFactory.getLogger(FuseSession.class);

    private static final LogLimit CALL = new LogLimit();
    private static final LogLimit THREAD = new LogLimit();
    private static final LogLimit NO_THREAD = new LogLimit();
    private static final LogLimit MESSAGE = new LogLimit();
    private static final LogLimit END = new LogLimit();

    private CarefulLog() {}

    /** Loads what a failed request's answer and its line need, while there is memory. */
    static void prepare() {
        LogLimit.more(0);
        FuseOpcode.INIT.expectsReply();
    }

    /** A request that failed in our own code, or by an Error on its way. */
    static void callFailed(String session, FuseRequest request, Throwable thrown) {
        try {
            int leftOut = CALL.admit();
            if (leftOut >= 0) {
                LOG.error(
                        "{}: {} failed; the caller gets EIO{}",
                        session,
                        request.opcodeName(),
                        LogLimit.more(leftOut),
                        thrown);
            }
        } catch (Throwable e) {
            CALL.lost();
        }
    }

    /** A step of a thread that failed and will be tried again. */
    static void goingOn(Thread thread, Throwable thrown) {
        try {
            int leftOut = THREAD.admit();
            if (leftOut >= 0) {
                LOG.error(
                        "{} failed; going on{}", thread.getName(), LogLimit.more(leftOut), thrown);
            }
        } catch (Throwable e) {
            THREAD.lost();
        }
    }

    /** A message of the kernel's that cannot be right. */
    static void refused(String session, FuseRequest request, DecodeError error) {
        try {
            int leftOut = MESSAGE.admit();
            if (leftOut >= 0) {
                LOG.error("{}: {}{}", session, request.describe(error), LogLimit.more(leftOut));
            }
        } catch (Throwable e) {
            MESSAGE.lost();
        }
    }

    /** The connection cannot be served any more. */
    static void unservable(String session, Throwable thrown) {
        try {
            LOG.error("{}: cannot receive requests; the mount is dead", session, thrown);
        } catch (Throwable e) {
            END.lost();
        }
    }

    /** The connection has ended by somebody else. */
    static void ended(String session) {
        try {
            LOG.info(
                    "{}: the mount was unmounted or aborted; its devices stay registered", session);
        } catch (Throwable e) {
            END.lost();
        }
    }

    /** There is no thread, or no memory for its buffers. */
    static void noThread(String session, Throwable thrown) {
        try {
            int leftOut = NO_THREAD.admit();
            if (leftOut >= 0) {
                LOG.warn(
                        "{}: no memory or no thread for another worker: {}{}",
                        session,
                        thrown.getMessage(),
                        LogLimit.more(leftOut));
            }
        } catch (Throwable e) {
            NO_THREAD.lost();
        }
    }
}
