package org.cdevgate.fuse.session;

import java.util.concurrent.TimeUnit;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.internal.LogLimit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which requests are let into a driver: those for which there is a thread that would read on, and
 * room among what sleeping calls hold ({@link Shares}). The log says which bound of the mount
 * refused the others. Any thread.
 */
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(FuseSession.class);

    private static final long COMPLAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final LogLimit NO_THREADS_LEFT = new LogLimit(1, COMPLAIN_NANOS);
    private static final LogLimit NO_BYTES_LEFT = new LogLimit(1, COMPLAIN_NANOS);
    private static final LogLimit NO_PAGES_LEFT = new LogLimit(1, COMPLAIN_NANOS);

    private final String name;
    private final Shares shares;
    private final WorkerPool workers;

    Admission(String name, Shares shares, WorkerPool workers) {
        this.name = name;
        this.shares = shares;
        this.workers = workers;
    }

    /** Whether a request may enter a driver: see {@link Shares}. Says why not in the log. */
    boolean maySleep(FuseRequest request, Share device) {
        Shares.Refusal refusal = shares.maySleep(device, request.uid(), request.length());
        if (refusal == Shares.Refusal.NONE) {
            return workers.hasStandby();
        }
        tell(refusal, request);
        return false;
    }

    /** {@link #maySleep} for a request that would hold so many bytes, without a word. */
    boolean hasRoom(FuseRequest request, Share device, int bytes) {
        return shares.maySleep(device, request.uid(), bytes) != Shares.Refusal.BYTES;
    }

    /**
     * Whether a request, if it is a page's, may sleep beside as many others. Says why not in the
     * log.
     *
     * @param own what it is charged for if its thread counts as parked or stuck
     */
    boolean maySleepAsPage(FuseRequest request, Charge own) {
        boolean may =
                request.isPageIn()
                        ? shares.hasRoomForPageIn(own)
                        : !request.isWriteBack() || shares.hasRoomForWriteBack(own);
        if (!may) {
            tell(Shares.Refusal.PAGES, request);
        }
        return may;
    }

    /** Whether calls that do not park, but take long, may have a thread of their own. */
    boolean hasRoomForSlowCalls() {
        return workers.detachedCount() < shares.maxThreads() / 2 && workers.hasStandby();
    }

    /** Charges a request's message, which is to be copied; false if there is no room for it. */
    boolean keep(Charge charge, @Nullable Share device, FuseRequest request) {
        boolean charged = shares.keep(charge, device, request.uid(), request.length());
        if (!charged) {
            tell(Shares.Refusal.BYTES, request);
        }
        return charged;
    }

    /** Says in the log which bound a request has met, now and then. */
    private void tell(Shares.Refusal refusal, FuseRequest request) {
        // By conditions: the table of a switch, first used without memory, would be broken for
        // good.
        LogLimit limit =
                refusal == Shares.Refusal.THREADS
                        ? NO_THREADS_LEFT
                        : refusal == Shares.Refusal.PAGES ? NO_PAGES_LEFT : NO_BYTES_LEFT;
        try {
            int leftOut = limit.admit();
            if (leftOut >= 0) {
                warn(refusal, request, leftOut);
            }
        } catch (Throwable e) { // the caller gets its ENOMEM all the same
            limit.lost();
        }
    }

    private void warn(Shares.Refusal refusal, FuseRequest request, int leftOut) {
        if (refusal == Shares.Refusal.PAGES) {
            LOG.warn(
                    "{}: drivers keep {} page-ins and {} write-backs of mapped nodes waiting, as"
                            + " many as they may: a process of user {} gets SIGBUS or ENOMEM. With"
                            + " more of them no close would reach a driver; let drivers answer for"
                            + " pages without sleeping (Call.isMappedPage){}",
                    name,
                    shares.pageIns(),
                    shares.writeBacks(),
                    Integer.toUnsignedString(request.uid()),
                    LogLimit.more(leftOut));
        } else if (refusal == Shares.Refusal.THREADS) {
            LOG.warn(
                    "{}: {} calls are parked, and those of one user or device are as many as they"
                            + " may be: calls of user {} get ENOMEM there. Raise maxParkedCalls of"
                            + " the mount (now {}), or let the driver sleep without a thread"
                            + " (Call.wouldBlock){}",
                    name,
                    shares.threads(),
                    Integer.toUnsignedString(request.uid()),
                    shares.maxThreads(),
                    LogLimit.more(leftOut));
        } else {
            LOG.warn(
                    "{}: sleeping calls hold {} bytes, and those of one user or device as many as"
                            + " they may: a call of user {} with {} bytes gets ENOMEM there. Raise"
                            + " maxSleepingBytes of the mount (now {}){}",
                    name,
                    shares.bytes(),
                    Integer.toUnsignedString(request.uid()),
                    request.length(),
                    shares.maxBytes(),
                    LogLimit.more(leftOut));
        }
    }
}
