package org.cdevgate.gate;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.internal.StackRoom;

/**
 * How a {@link Call} sleeps: it ends its run and leaves a request behind that sleeps without a
 * thread, or parks its thread; for good or for a limited time, among others or as the one that a
 * wake-up goes to.
 */
abstract class SleepableCall extends CallFrame {
    /** What a plain sleep waits for, in reports; nobody ever stands on it. */
    private static final WaitQueue TIME = new WaitQueue("time to pass");

    /** The gate's wake clock when this run of the verb began; 0, before all, if it did not look. */
    long since;

    /** When the time is over that an earlier run asked for, see {@link BlockedRun#deadline}. */
    long deadline;

    /** What runs of the verb leave each other, see {@link #progress()}. */
    int progress;

    WaitQueue blockedOn;
    private boolean blockedExclusively;

    /** Whether it has slept parked, for its event. */
    boolean slept;

    // A sleep that has begun: not null until the sleeper is off the queue and what it owes is done.
    private volatile WaitQueue waitingOn;
    private ParkedSleeper sleeper;
    private boolean alone; // exclusive
    private boolean
            woken; // a wake-up has come for it alone, and it has not found what it waits for

    SleepableCall(CallRecord record, long ticketBits) {
        super(record, ticketBits);
    }

    /** What this run leaves after {@link #wouldBlock}; null if that was not called. */
    BlockedRun blockedRun() {
        return blockedOn == null
                ? null
                : new BlockedRun(verb(), blockedOn, since, blockedExclusively, deadline, progress);
    }

    /** The call ends: the next one in this frame has its own times and queue. */
    final void forgetSleep() {
        since = 0;
        deadline = BlockedRun.NONE;
        progress = 0;
        blockedOn = null;
    }

    final boolean isSleepForgotten() {
        return since == 0
                && deadline == BlockedRun.NONE
                && progress == 0
                && blockedOn == null
                && waitingOn == null;
    }

    final FopsGate current(String method) {
        FopsGate entered = gate();
        if (entered == null || !record.isOwnedByCurrentThread()) {
            throw new IllegalStateException(
                    "Call."
                            + method
                            + " after the verb returned or on another thread; a Call is valid only"
                            + " inside its verb, on its thread");
        }
        return entered;
    }

    /** The verb that runs. */
    public Verb verb() {
        return verbInFlight();
    }

    /** Whether the verb must not sleep: O_NONBLOCK, as it is at the time of this call. */
    public boolean isNonBlocking() {
        return file != null && caller != null && caller.isNonBlocking(file);
    }

    /**
     * Ends this run of the verb: {@code return call.wouldBlock(queue)}. The call leaves the gate,
     * the request sleeps on the queue without a thread, and after the next {@link
     * WaitQueue#wakeUp()} the verb is run again from its start. A wake-up that came while this run
     * was still looking is not lost: the verb is then run again at once. At the removal the caller
     * gets its answer and the verb is not run again; so it is, with ENODEV, if the caller is a call
     * of another device that is being removed.
     *
     * @return {@link Call#WOULD_BLOCK}, for the verb to return
     * @throws IllegalStateException in release, llseek and poll, which cannot sleep without a
     *     thread
     */
    public int wouldBlock(WaitQueue queue) {
        return wouldBlock(queue, false);
    }

    /**
     * {@link #wouldBlock(WaitQueue)} for a limited time: when it is over the verb is run again, and
     * {@link #isTimedOut()} is true. The time counts from the first run that asks for it: runs
     * after a wake-up in between go on with what is left.
     *
     * @param timeout in {@code unit}; with 0 or less the verb is run again at once
     * @return {@link Call#WOULD_BLOCK}, for the verb to return
     * @throws IllegalStateException in release, llseek and poll
     */
    public int wouldBlock(WaitQueue queue, long timeout, TimeUnit unit) {
        Objects.requireNonNull(unit, "unit");
        int result = wouldBlock(queue, false);
        limit(timeout, unit);
        return result;
    }

    /**
     * {@link #wouldBlock} as one of several that want the same thing, of which there is one; see
     * {@link #awaitExclusive}.
     *
     * @return {@link Call#WOULD_BLOCK}, for the verb to return
     * @throws IllegalStateException in release, llseek and poll
     */
    public int wouldBlockExclusive(WaitQueue queue) {
        return wouldBlock(queue, true);
    }

    /**
     * {@link #wouldBlockExclusive(WaitQueue)} for a limited time, see {@link #wouldBlock(WaitQueue,
     * long, TimeUnit)}. A wake-up may reach the sleeper as its time ends, so a run that is timed
     * out must look for what it waits for before it gives up.
     *
     * @param timeout in {@code unit}; with 0 or less the verb is run again at once
     * @return {@link Call#WOULD_BLOCK}, for the verb to return
     * @throws IllegalStateException in release, llseek and poll
     */
    public int wouldBlockExclusive(WaitQueue queue, long timeout, TimeUnit unit) {
        Objects.requireNonNull(unit, "unit");
        int result = wouldBlock(queue, true);
        limit(timeout, unit);
        return result;
    }

    /**
     * Whether the time is over for which an earlier run of this verb asked to sleep. A run that
     * asks again then gets its time anew. False in the first run.
     */
    public boolean isTimedOut() {
        current("isTimedOut");
        return deadline != BlockedRun.NONE && BlockedRun.left(deadline) <= 0;
    }

    /**
     * How far this request has come in earlier runs of the verb, as the last one said by {@link
     * #progress(int)}; 0 in the first. A terminal's write that takes all keeps here how many bytes
     * it has sent before it ended its run by {@link #wouldBlock}.
     *
     * @throws IllegalStateException after the verb returned or on another thread
     */
    public int progress() {
        current("progress");
        return progress;
    }

    /**
     * Notes how far this request has come, for the runs after {@link #wouldBlock}. Of a write it is
     * the bytes taken so far: if the request ends before the rest is, by a signal, by the removal
     * or because it must not sleep (O_NONBLOCK), then they are its result, as of a short write on
     * Linux. Of the other verbs it is the driver's own number; what a run of read has put into its
     * buffer is not there in the next one.
     *
     * @param done 0 or more; of a write at most what it was given, or the caller gets EIO
     * @throws IllegalStateException after the verb returned or on another thread
     */
    public void progress(int done) {
        current("progress");
        if (done < 0) {
            throw new IllegalArgumentException("progress " + done + "; give 0 or more");
        }
        progress = done;
    }

    /** The bytes that this request's write has taken. */
    final int moved() {
        return verb() == Verb.WRITE ? progress : 0;
    }

    private void limit(long timeout, TimeUnit unit) {
        if (deadline == BlockedRun.NONE || BlockedRun.left(deadline) <= 0) {
            deadline = BlockedRun.deadlineAfter(timeout, unit);
        }
    }

    private int wouldBlock(WaitQueue queue, boolean exclusive) {
        Objects.requireNonNull(queue, "queue");
        current("wouldBlock");
        switch (verb()) {
            case OPEN, READ, WRITE, IOCTL, FLUSH, MMAP, FSYNC -> {}
            default ->
                    throw new IllegalStateException(
                            verb()
                                    + " cannot sleep without a thread; use Call.await or answer at"
                                    + " once");
        }
        blockedOn = queue;
        blockedExclusively = exclusive;
        return Call.WOULD_BLOCK;
    }

    /**
     * Parks this thread until the condition holds. The condition is checked after the sleeper has
     * been put on the queue, so whoever makes it true and then calls {@link WaitQueue#wakeUp()}
     * cannot be missed; it is checked on this thread, with no lock of the library held.
     *
     * @param condition must not block; may be called any number of times
     * @throws ErrnoException ENODEV once the removal has begun, of this device or of another whose
     *     call this thread is in: one that called this verb, at any depth, or one whose scope the
     *     verb has entered. EINTR at a signal or interrupt, EAGAIN at once for a non-blocking file.
     *     Each only if the condition does not hold. A verb of a device that is being removed which
     *     hands this ENODEV on gives its caller what the {@link RemovalProfile} says
     * @throws IllegalStateException in poll, which never sleeps: use {@link Call#pollWait}
     */
    public void await(WaitQueue queue, BooleanSupplier condition) throws ErrnoException {
        await(queue, condition, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    /**
     * {@link #await(WaitQueue, BooleanSupplier)} for a limited time.
     *
     * @param timeout in {@code unit}; 0 or less checks once
     * @return whether the condition holds; false after the time is over
     */
    public boolean await(WaitQueue queue, BooleanSupplier condition, long timeout, TimeUnit unit)
            throws ErrnoException {
        return sleep(queue, null, condition, nanos(timeout, unit), false);
    }

    /**
     * Parks this thread for a time, as a driver does that waits for its hardware to settle
     * (msleep_interruptible() of linux/delay.h). The removal and a signal end it; O_NONBLOCK does
     * not matter, because nobody waits for data here. Makes no garbage.
     *
     * @param time in {@code unit}; with 0 or less it looks for removal and signal alone
     * @throws ErrnoException ENODEV once the removal has begun, EINTR at a signal or interrupt
     * @throws IllegalStateException in poll, which never sleeps
     */
    public void sleepInterruptible(long time, TimeUnit unit) throws ErrnoException {
        long nanos = nanos(time, unit);
        FopsGate entered = mayPark("sleepInterruptible");
        long until = System.nanoTime() + Math.max(0, nanos);
        leaveQueue();
        StackRoom.require(); // handing over the reader's role must come to its end
        slept = true;
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
                    CallRecord.beforePark();
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
            add(TOLD);
            record.tellSleepless();
            throw Errno.ENODEV.exception();
        }
        if (record.isSleepless()) {
            record.tellSleepless();
            throw Errno.ENODEV.exception();
        }
        if (Thread.interrupted()) {
            throw Errno.EINTR.exception();
        }
    }

    private FopsGate mayPark(String method) {
        FopsGate entered = current(method);
        if (verb() == Verb.POLL) {
            throw new IllegalStateException("poll must not sleep; use Call.pollWait");
        }
        return entered;
    }

    /**
     * {@link #await(WaitQueue, BooleanSupplier)} for state that a lock of the driver's guards: the
     * condition is checked with the lock held, the lock is given up while the thread is parked, and
     * it is held again when this returns or throws (wait_event_interruptible_lock_irq of
     * linux/wait.h). So what the condition found is still so.
     *
     * <p>One exception: if taking the lock again throws, as {@link Lock#lock} does at the end of
     * the stack, then this throws the same and the lock is not held; a {@code finally} that unlocks
     * then fails with {@link IllegalMonitorStateException}. There is room for a lock of the JDK's
     * when a sleep begins, so that is one of the driver's own that needs much stack.
     *
     * @param lock held by this thread, once
     */
    public void await(WaitQueue queue, Lock lock, BooleanSupplier condition) throws ErrnoException {
        Objects.requireNonNull(lock, "lock");
        sleep(queue, lock, condition, Long.MAX_VALUE, false);
    }

    /**
     * {@link #await(WaitQueue, Lock, BooleanSupplier)} for a limited time.
     *
     * @param timeout in {@code unit}; 0 or less checks once
     * @return whether the condition holds; false after the time is over
     */
    public boolean await(
            WaitQueue queue, Lock lock, BooleanSupplier condition, long timeout, TimeUnit unit)
            throws ErrnoException {
        Objects.requireNonNull(lock, "lock");
        return sleep(queue, lock, condition, nanos(timeout, unit), false);
    }

    /**
     * {@link #await(WaitQueue, BooleanSupplier)} as one of several that want the same thing, of
     * which there is one: {@link WaitQueue#wakeUp()} wakes one exclusive sleeper and leaves the
     * others asleep (prepare_to_wait_exclusive of linux/wait.h). All exclusive sleepers of a queue
     * must wait for the same condition.
     */
    public void awaitExclusive(WaitQueue queue, BooleanSupplier condition) throws ErrnoException {
        sleep(queue, null, condition, Long.MAX_VALUE, true);
    }

    /**
     * {@link #awaitExclusive(WaitQueue, BooleanSupplier)} for a limited time. A wake-up that
     * reaches the sleeper as its time ends goes to the next one.
     *
     * @param timeout in {@code unit}; 0 or less checks once
     * @return whether the condition holds; false after the time is over
     */
    public boolean awaitExclusive(
            WaitQueue queue, BooleanSupplier condition, long timeout, TimeUnit unit)
            throws ErrnoException {
        return sleep(queue, null, condition, nanos(timeout, unit), true);
    }

    /** {@link #awaitExclusive} for state that a lock guards; see {@link #await} with a lock. */
    public void awaitExclusive(WaitQueue queue, Lock lock, BooleanSupplier condition)
            throws ErrnoException {
        Objects.requireNonNull(lock, "lock");
        sleep(queue, lock, condition, Long.MAX_VALUE, true);
    }

    /**
     * {@link #awaitExclusive(WaitQueue, Lock, BooleanSupplier)} for a limited time.
     *
     * @param timeout in {@code unit}; 0 or less checks once
     * @return whether the condition holds; false after the time is over
     */
    public boolean awaitExclusive(
            WaitQueue queue, Lock lock, BooleanSupplier condition, long timeout, TimeUnit unit)
            throws ErrnoException {
        Objects.requireNonNull(lock, "lock");
        return sleep(queue, lock, condition, nanos(timeout, unit), true);
    }

    private static long nanos(long timeout, TimeUnit unit) {
        return Objects.requireNonNull(unit, "unit").toNanos(timeout);
    }

    private boolean sleep(
            WaitQueue queue, Lock lock, BooleanSupplier condition, long nanos, boolean exclusive)
            throws ErrnoException {
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(condition, "condition");
        FopsGate entered = mayPark("await");
        if (condition.getAsBoolean()) {
            return true;
        }
        if (isNonBlocking()) {
            throw entered.mustNotSleep(queue, caller, since);
        }
        boolean timed = nanos != Long.MAX_VALUE;
        long deadline = timed ? System.nanoTime() + Math.max(0, nanos) : 0;
        leaveQueue();
        if (sleeper == null) {
            sleeper = new ParkedSleeper();
        }
        // For what must come to its end: joining, handing over the reader's role, leaving.
        StackRoom.require();
        alone = exclusive;
        woken = false;
        slept = true;
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
                        CallRecord.beforePark();
                    }
                    // What ran since the last look may have used up the permit of a waker.
                    if (sleeper.isQueued() && !record.isSleepless()) {
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
    final void leaveQueue() {
        WaitQueue queue = waitingOn;
        if (queue == null) {
            return;
        }
        woken |= !sleeper.cancel();
        sleeper.forget();
        if (alone && woken) {
            queue.wakeUp(); // one came for this sleeper, which needs it no more
        }
        waitingOn = null;
    }

    /** The queue this call's thread is parked on, or null; for any thread. */
    WaitQueue waitingOn() {
        return waitingOn;
    }
}
