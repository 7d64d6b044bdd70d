package org.cdevgate.gate;

import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.sides.RequestSide;
import org.cdevgate.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * A request of a caller in this JVM: it sleeps on its queue outside the gate, with the caller's own
 * thread parked.
 */
final class LocalRequest extends RequestSide {
    private static final int NOTHING = 0;
    private static final int RUN_AGAIN = 1;
    private static final int REMOVED = 2;

    private final Thread thread = Thread.currentThread();

    // Off the queue is not told yet: who took it off tells it afterwards.
    private volatile int told = NOTHING;

    /** Returns true if the removal ended the sleep, false if the verb is to be run again. */
    boolean sleep(BlockedRun run, FopsGate gate) throws ErrnoException {
        WaitQueue onQueue = run.queue();
        StackRoom.require(); // or it might stay on the queue and take another's wake-up
        Frame outer = Frame.currentOrNull();
        switch (onQueue.addUnlessWoken(this, gate, run)) {
            case WOKEN -> {
                return false;
            }
            case REMOVING -> gone();
            case ASLEEP -> {}
        }
        try {
            if (outer != null) {
                outer.asleep(this);
            }
            return awaitTold(run, onQueue, outer);
        } catch (RuntimeException | Error e) {
            if (!wake()) {
                passOnWakeUp();
            }
            throw e;
        } finally {
            if (outer != null) {
                outer.asleep(null);
            }
        }
    }

    private boolean awaitTold(BlockedRun run, WaitQueue onQueue, @Nullable Frame outer)
            throws ErrnoException {
        Frame inside = outer;
        Frame.beforePark();
        boolean timed = run.isTimed();
        boolean interrupted = false;
        // Looked at before each park: waiting for the queue's lock in wake() may use up the unpark
        // of who took it off meanwhile.
        while (told == NOTHING) {
            if (inside != null
                    && inside.isThreadSleepless()) { // by a call that this one is nested in
                if (wake()) {
                    inside.tellSleepless();
                    throw Errno.ENODEV.exception();
                }
                inside = null; // told first; the next run of the verb answers
                continue;
            }
            if (Thread.interrupted()) {
                if (wake()) {
                    throw Errno.EINTR.exception();
                }
                interrupted = true; // told first; the next run of the verb answers
                continue;
            }
            if (!timed) {
                LockSupport.park(onQueue);
                continue;
            }
            long left = BlockedRun.left(run.deadline());
            if (left > 0) {
                LockSupport.parkNanos(onQueue, left);
            } else if (wake()) {
                break;
            } else {
                timed = false; // who took it off tells
            }
        }
        if (interrupted) {
            thread.interrupt();
        }
        return told == REMOVED;
    }

    @Override
    public void runAgain() {
        told = RUN_AGAIN;
        LockSupport.unpark(thread);
    }

    @Override
    public void removed(int answer) {
        told = REMOVED;
        LockSupport.unpark(thread);
    }
}
