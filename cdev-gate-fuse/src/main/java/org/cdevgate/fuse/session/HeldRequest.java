package org.cdevgate.fuse.session;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.jspecify.annotations.Nullable;

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

        /**
         * The bytes that its write has taken in its runs so far, which are its result when a signal
         * ends it; 0 if it has none, and gets EINTR.
         */
        default int moved() {
            return 0;
        }

        /** It was taken back and answered: it will not run again. May run code of a driver. */
        void dropped();
    }

    private final FuseSession session;
    private long unique;
    private int tid;

    private @Nullable Thread thread;
    private @Nullable Owner owner;
    private boolean interrupted;
    private boolean answeredFor;
    private boolean accessRefused;

    // Only the request's thread writes it; a plain store ends an access also where no stack is left
    // for a call.
    volatile boolean accessing;

    // It has been answered from outside of its thread, or its last run has ended.
    private volatile boolean done;

    private byte @Nullable [] message;
    private final Charge charge = new Charge(); // for the message

    // Links, so that no list needs memory for an entry. Each is guarded by its list.
    @Nullable HeldRequest nextInTable;
    @Nullable HeldRequest nextWoken;
    @Nullable HeldRequest previousWoken;
    boolean isWoken;
    @Nullable HeldRequest nextWatched;
    boolean isWatched;

    // Of the monitor: for how many rounds an interrupt has found it nowhere.
    int roundsNowhere;

    /** One that is made beforehand, for whichever request will need it. */
    HeldRequest(FuseSession session) {
        this.session = session;
    }

    /** It becomes the entry of a request, once. */
    void begin(long ofRequest, int ofCaller, Thread runner) {
        unique = ofRequest;
        tid = ofCaller;
        thread = runner;
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
    boolean keep(FuseRequest request, ByteBuffer from, @Nullable Share device, Owner newOwner) {
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

    private byte @Nullable [] copy(FuseRequest request, ByteBuffer from, @Nullable Share device) {
        charge.prepare();
        charge.of(request);
        if (!session.admission().keep(charge, device, request)) {
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

    /** The thread that runs it, or null. */
    synchronized @Nullable Thread thread() {
        return thread;
    }

    synchronized @Nullable Owner owner() {
        return owner;
    }

    /** Puts its message back, of a request that was {@link #keep kept}; returns the length. */
    int restore(ByteBuffer to) {
        byte[] kept = message;
        if (kept == null) {
            throw new IllegalStateException("a request that has never slept");
        }
        to.put(0, kept);
        return kept.length;
    }

    /** A thread runs it again; false if it has been answered. */
    synchronized boolean runningOn(Thread runner) {
        if (done) {
            return false;
        }
        thread = runner;
        if (interrupted) {
            interruptThread(runner);
        }
        return true;
    }

    private void interruptThread(Thread runner) {
        runner.interrupt();
        // If the driver ignores it the caller may be dying: see Monitor.
        session.monitor().watch(this);
    }

    /** Its last run has ended. */
    void leftByThread() {
        synchronized (this) {
            thread = null;
            accessing = false;
        }
        end();
    }

    /** It has its answer: nobody finds it any more, and it holds nothing. */
    private void end() {
        done = true;
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
            Thread runner = thread;
            if (runner != null) {
                interruptThread(runner);
                return;
            }
        }
        if (!drop(Errno.EINTR.number())) {
            session.monitor().watch(this);
        }
    }

    /** Answers the request if it can be taken back from where it sleeps. */
    private boolean drop(int errno) {
        Owner from = owner();
        if (from == null || !(from.takeBack() || session.runner().take(this))) {
            return false;
        }
        answerEnded(from, errno);
        from.dropped();
        return true;
    }

    /** With what it has done until then, or an errno. */
    private void answerEnded(Owner from, int errno) {
        int moved = from.moved();
        if (moved == 0) {
            answer(errno);
        } else if (!done) {
            session.replies().written(unique, moved);
            end();
        }
    }

    /**
     * Whether it was interrupted, and is neither asleep nor woken nor run by a thread: on its way
     * from one to the other, where the interrupt is seen at the end of the way; or lost there, if
     * who woke it ran out of stack or memory just then.
     */
    synchronized boolean isNowhere() {
        return interrupted && thread == null && owner != null && !done;
    }

    /** It was lost on its way: answers it. Should it still arrive it is not run. */
    void answerLost() {
        if (isNowhere() && !drop(Errno.EINTR.number()) && isNowhere()) {
            Owner last = owner(); // as it is now: one of an earlier sleep has moved fewer bytes
            if (last != null) {
                answerEnded(last, Errno.EINTR.number());
            }
        }
    }

    /** The session ends: a request that was woken and waits to be run again never will be. */
    void abandon() {
        end();
        Owner from = owner();
        if (from != null) {
            from.dropped();
        }
    }

    /** Whether a signal came and a thread is still in the driver with this request. */
    synchronized boolean isIgnoringInterrupt() {
        return interrupted && thread != null && !answeredFor;
    }

    /**
     * Answers it with an errno; for whoever took it back or was told of the removal. Does nothing
     * if it was answered as {@link #answerLost lost} and arrives after all. Any thread.
     */
    public void answer(int errno) {
        if (done) {
            return;
        }
        // First: if it fails, the request can still be found. A second answer at the same moment
        // harms nobody, the kernel knows no such request then.
        session.replies().error(unique, errno);
        end();
    }

    /**
     * Begins to use the caller's memory, on the request's thread: until it clears {@link
     * #accessing} the request is not answered, so that its caller cannot go, nor another get its
     * thread id.
     *
     * @return false if the request has been, or is about to be, answered for the driver
     */
    synchronized boolean beginAccess() {
        accessing = !accessRefused;
        return accessing;
    }

    boolean isAccessing() {
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
        session.replies().error(unique, errno);
    }

    /** Has the request run again by another thread. Does not block. */
    public void runAgain() {
        if (done) {
            Owner from = owner();
            if (from != null) {
                from.dropped(); // it was answered on its way here
            }
            return;
        }
        session.runner().add(this);
        // An interrupt between the wake-up and here found it in neither place.
        asleep();
    }

    boolean isRefused() {
        Owner current = owner();
        return current != null && current.isRefused();
    }
}
