package org.cdevgate.fuse.session;

import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.cdevgate.abi.Errno;

/**
 * A request that others must find: its thread is parked or stuck in a driver, or it sleeps without
 * one. It is in the {@link InFlightTable} from before the next request is read until it is
 * answered, so the one FUSE_INTERRUPT that the kernel sends for it is never early.
 *
 * <p>{@code thread}, {@code cancel} and {@code interrupted} are guarded by this object's lock: an
 * interrupt reaches the thread while it runs this request, and never after it has left it.
 */
public final class HeldRequest {
    private final FuseSession session;
    private final long unique;
    private final int pid;

    private Thread thread;
    private BooleanSupplier cancel;
    private boolean interrupted;
    private boolean answeredFor;

    private byte[] message;
    private Object attachment;

    HeldRequest(FuseSession session, long unique, int pid, Thread thread) {
        this.session = session;
        this.unique = unique;
        this.pid = pid;
        this.thread = thread;
    }

    long unique() {
        return unique;
    }

    int pid() {
        return pid;
    }

    /** Keeps something for the next run of the request; see {@link Exchange#attachment()}. */
    public void attach(Object kept) {
        attachment = kept;
    }

    Object attachment() {
        return attachment;
    }

    void keep(int length, ByteBuffer from) {
        if (message == null) {
            message = new byte[length];
            from.get(0, message);
        }
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

    synchronized void leftByThread() {
        thread = null;
    }

    /**
     * Says how to take the sleeping request back; called before it is put to sleep.
     *
     * @param takeBack true if it was asleep, and it then belongs to the caller
     */
    public void cancelledBy(BooleanSupplier takeBack) {
        synchronized (this) {
            cancel = takeBack;
            thread = null;
        }
    }

    /** The request sleeps; an interrupt that came before it did takes it back now. */
    public void asleep() {
        BooleanSupplier takeBack;
        synchronized (this) {
            takeBack = interrupted ? cancel : null;
        }
        if (takeBack != null && takeBack.getAsBoolean()) {
            answer(Errno.EINTR.number());
        }
    }

    /** The caller got a signal. */
    void interrupt() {
        BooleanSupplier takeBack;
        synchronized (this) {
            interrupted = true;
            if (thread != null) {
                thread.interrupt();
                return;
            }
            takeBack = cancel;
        }
        if (takeBack != null && takeBack.getAsBoolean()) {
            answer(Errno.EINTR.number());
        }
    }

    /** Whether a signal came and a thread is still in the driver with this request. */
    synchronized boolean isIgnoringInterrupt() {
        return interrupted && thread != null && !answeredFor;
    }

    /**
     * Answers it with an errno; for whoever took it back or was told of the removal. Any thread.
     */
    public void answer(int errno) {
        session.inFlight().remove(this);
        session.replyError(unique, errno);
    }

    /** Answers it while its thread is still in the driver; once. */
    void answerFor(int errno) {
        synchronized (this) {
            if (thread == null || answeredFor) {
                return;
            }
            answeredFor = true;
        }
        session.replyError(unique, errno);
    }

    /** Has the request run again by another thread. Does not block. */
    public void runAgain() {
        session.runAgain(this);
    }
}
