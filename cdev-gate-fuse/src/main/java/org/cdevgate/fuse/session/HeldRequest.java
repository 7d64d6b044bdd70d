package org.cdevgate.fuse.session;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.protocol.FuseRequest;

/**
 * A request that others must find: its thread is parked or stuck in a driver, or it sleeps without
 * one. It is in the {@link InFlightTable} from before the next request is read until it is
 * answered, so the one FUSE_INTERRUPT that the kernel sends for it is never early.
 *
 * <p>{@code thread}, {@code owner} and the flags are guarded by this object's lock: an interrupt
 * reaches the thread while it runs this request, and never after it has left it.
 */
public final class HeldRequest {
    /** Who put the request to sleep without a thread. Keeps what its next run needs. */
    public interface Owner {
        /**
         * Takes the request back from where it sleeps.
         *
         * @return true if it was still asleep; it then belongs to the caller of this method
         */
        boolean takeBack();

        /**
         * Whether its next run will be refused without entering the driver: its device is going.
         */
        boolean isRefused();

        /** It was taken back and answered: it will not run again. May run code of a driver. */
        void dropped();
    }

    private final FuseSession session;
    private final long unique;
    private final int tid;

    private Thread thread;
    private Owner owner;
    private boolean interrupted;
    private boolean answeredFor;
    private boolean accessing;
    private boolean accessRefused;

    private byte[] message;
    private final Charge charge = new Charge(); // for the message

    HeldRequest(FuseSession session, long unique, int tid, Thread thread) {
        this.session = session;
        this.unique = unique;
        this.tid = tid;
        this.thread = thread;
    }

    long unique() {
        return unique;
    }

    /** The calling thread's id. */
    int tid() {
        return tid;
    }

    /**
     * The thread leaves the request to its owner; the first message is kept for all runs.
     *
     * @return false if there is no room for the message; the thread then keeps the request
     */
    boolean keep(FuseRequest request, ByteBuffer from, Share device, Owner newOwner) {
        if (message == null) {
            message = copy(request, from, device);
            if (message == null) {
                return false;
            }
        }
        synchronized (this) {
            owner = newOwner;
            thread = null;
        }
        return true;
    }

    private byte[] copy(FuseRequest request, ByteBuffer from, Share device) {
        charge.prepare();
        if (!session.keep(charge, device, request)) {
            return null;
        }
        try {
            byte[] copied = new byte[request.length()];
            from.get(0, copied);
            return copied;
        } catch (OutOfMemoryError e) {
            // Others have filled the heap. What was charged is given back at the request's end.
            return null;
        }
    }

    /** What it holds as long as it sleeps or waits to be run again. */
    Charge charge() {
        return charge;
    }

    synchronized Owner owner() {
        return owner;
    }

    void restore(ByteBuffer to) {
        to.put(0, message);
    }

    int length() {
        return message.length;
    }

    synchronized void runningOn(Thread runner) {
        thread = runner;
        if (interrupted) {
            runner.interrupt();
        }
    }

    void leftByThread() {
        synchronized (this) {
            thread = null;
        }
        end();
    }

    /** It has its answer: nobody finds it any more, and it holds nothing. */
    private void end() {
        session.inFlight().remove(this);
        session.shares().giveBack(charge);
    }

    /** The request sleeps, or waits to be run again; an interrupt that came before takes it now. */
    public void asleep() {
        boolean late;
        synchronized (this) {
            late = interrupted;
        }
        if (late) {
            drop(Errno.EINTR.number());
        }
    }

    /** The caller got a signal. */
    void interrupt() {
        synchronized (this) {
            interrupted = true;
            if (thread != null) {
                thread.interrupt();
                // If the driver ignores it the caller may be dying: see Monitor.
                session.monitor().wakeIfAsleep();
                return;
            }
        }
        drop(Errno.EINTR.number());
    }

    /** Answers the request if it can be taken back from where it sleeps. */
    private void drop(int errno) {
        Owner from = owner();
        if (from != null && (from.takeBack() || session.takeWoken(this))) {
            answer(errno);
            from.dropped();
        }
    }

    /** The session ends: a request that was woken and waits to be run again never will be. */
    void abandon() {
        end();
        owner().dropped();
    }

    /** Whether a signal came and a thread is still in the driver with this request. */
    synchronized boolean isIgnoringInterrupt() {
        return interrupted && thread != null && !answeredFor;
    }

    /**
     * Answers it with an errno; for whoever took it back or was told of the removal. Any thread.
     */
    public void answer(int errno) {
        end();
        session.replyError(unique, errno);
    }

    /**
     * Begins to use the caller's memory, on the request's thread: until {@link #endAccess} the
     * request is not answered, so that its caller cannot go, nor another get its thread id.
     *
     * @return false if the request has been, or is about to be, answered for the driver
     */
    synchronized boolean beginAccess() {
        accessing = !accessRefused;
        return accessing;
    }

    synchronized void endAccess() {
        accessing = false;
    }

    synchronized boolean isAccessing() {
        return accessing;
    }

    /**
     * Answers it while its thread is still in the driver; once. Not while the thread uses the
     * caller's memory: call again then.
     */
    void answerFor(int errno) {
        synchronized (this) {
            if (thread == null || answeredFor) {
                return;
            }
            accessRefused = true;
            if (accessing) {
                return; // waiting here could be for ever: a page may be slow to come
            }
            answeredFor = true;
        }
        session.replyError(unique, errno);
    }

    /** Has the request run again by another thread. Does not block. */
    public void runAgain() {
        session.runAgain(this);
        // An interrupt between the wake-up and here found it in neither place.
        asleep();
    }

    boolean isRefused() {
        Owner current = owner();
        return current != null && current.isRefused();
    }
}
