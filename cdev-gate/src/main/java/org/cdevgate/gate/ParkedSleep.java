package org.cdevgate.gate;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.sides.CallerSide;
import org.cdevgate.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * How a call sleeps that parks its thread: for good or for a limited time, among others or as the
 * one that a wake-up goes to. One per frame, on the thread of its calls.
 */
final class ParkedSleep {
    /** A time without an end. */
    static final long FOREVER = Long.MAX_VALUE;

    /** What a plain sleep waits for, in reports; nobody ever stands on it. */
    private static final WaitQueue TIME = new WaitQueue("time to pass");

    private final Frame frame;

    // A sleep that has begun: not null until the sleeper is off the queue and what it owes is done.
    private volatile @Nullable WaitQueue waitingOn;
    private @Nullable ParkedSleeper sleeper;
    private boolean alone; // exclusive

    /** A wake-up has come for it alone, and it has not found what it waits for. */
    private boolean woken;

    ParkedSleep(Frame frame) {
        this.frame = frame;
    }

    /** See {@link Call#sleepInterruptible}. */
    void sleepInterruptible(long nanos) throws ErrnoException {
        FopsGate entered = mayPark("sleepInterruptible");
        long until = System.nanoTime() + Math.max(0, nanos);
        leaveQueue();
        StackRoom.require(); // handing over the reader's role must come to its end
        frame.slept = true;
        waitingOn = TIME;
        try {
            boolean handedOver = false;
            while (true) {
                // No queue wakes this sleeper. The removal sets the flag and then unparks every
                // thread in the gate, see CallScan.wakeInside: so the flag is looked at last, and
                // nothing between that and the park could use up the permit.
                throwIfEnded(entered, true);
                long left = until - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                if (handedOver) {
                    LockSupport.parkNanos(TIME, left);
                } else {
                    handedOver = true;
                    Frame.beforePark();
                }
            }
        } finally {
            waitingOn = null;
        }
    }

    /**
     * Ends a parked sleep where a removal or a signal does.
     *
     * @param queued false if its queue has refused it
     */
    private void throwIfEnded(FopsGate entered, boolean queued) throws ErrnoException {
        if (!queued || entered.isRemoving()) {
            frame.add(CallFrame.TOLD);
            frame.tellSleepless();
            throw Errno.ENODEV.exception();
        }
        if (frame.isThreadSleepless()) {
            frame.tellSleepless();
            throw Errno.ENODEV.exception();
        }
        if (Thread.interrupted()) {
            throw Errno.EINTR.exception();
        }
    }

    private FopsGate mayPark(String method) {
        FopsGate entered = frame.current(method);
        if (!frame.verb().mayPark()) {
            throw new IllegalStateException("poll must not sleep; use Call.pollWait");
        }
        return entered;
    }

    /**
     * Parks until the condition holds, see {@link Call#await} and {@link Call#awaitExclusive}.
     *
     * @param lock held by this thread and given up while it is parked; null if there is none
     * @param nanos {@link #FOREVER} for no limit
     * @return whether the condition holds; false after the time is over
     */
    boolean await(
            WaitQueue queue,
            @Nullable Lock lock,
            BooleanSupplier condition,
            long nanos,
            boolean exclusive)
            throws ErrnoException {
        FopsGate entered = mayPark("await");
        if (condition.getAsBoolean()) {
            return true;
        }
        CallerSide caller = frame.caller;
        if (caller != null && frame.isNonBlocking()) {
            throw entered.blocking().mustNotSleep(queue, caller, frame.since);
        }
        boolean timed = nanos != FOREVER;
        long deadline = timed ? System.nanoTime() + Math.max(0, nanos) : 0;
        leaveQueue();
        if (sleeper == null) {
            sleeper = new ParkedSleeper();
        }
        // For what must come to its end: joining, handing over the reader's role, leaving.
        StackRoom.require();
        alone = exclusive;
        woken = false;
        frame.slept = true;
        waitingOn = queue;
        try {
            boolean handedOver = false;
            while (true) {
                boolean queued = queue.add(sleeper.prepare(exclusive), entered);
                // From here a wake-up reaches the sleeper, so the checks come after.
                if (condition.getAsBoolean()) {
                    woken = false;
                    return true;
                }
                throwIfEnded(entered, queued);
                long left = timed ? deadline - System.nanoTime() : Long.MAX_VALUE;
                if (left <= 0) {
                    return false;
                }
                if (lock != null) {
                    lock.unlock();
                }
                try {
                    if (!handedOver) {
                        handedOver = true;
                        Frame.beforePark();
                    }
                    // What ran since the last look may have used up the permit of a waker.
                    if (sleeper.isQueued() && !frame.isThreadSleepless()) {
                        if (timed) {
                            LockSupport.parkNanos(queue, left);
                        } else {
                            LockSupport.park(queue);
                        }
                    }
                } finally {
                    if (lock != null) {
                        lock.lock();
                    }
                }
                woken |= !sleeper.cancel();
            }
        } finally {
            leaveQueue();
        }
    }

    /**
     * Ends a sleep, if one has begun. Should an Error cut it short then the end of the call does
     * it, for which there is more room; so nobody else's wake-up goes to a sleeper that has left.
     */
    void leaveQueue() {
        WaitQueue queue = waitingOn;
        ParkedSleeper began = sleeper;
        if (queue == null || began == null) {
            return;
        }
        woken |= !began.cancel();
        began.forget();
        if (alone && woken) {
            queue.wakeUp(); // one came for this sleeper, which needs it no more
        }
        waitingOn = null;
    }

    /** The queue that the thread is parked on, or null; for any thread. */
    @Nullable WaitQueue waitingOn() {
        return waitingOn;
    }
}
