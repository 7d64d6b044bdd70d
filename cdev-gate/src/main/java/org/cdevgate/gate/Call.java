package org.cdevgate.gate;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.diagnostics.CallEvent;

/**
 * One execution of a verb, as the driver sees it: who calls, whether it may sleep, and the two ways
 * to sleep. Valid on the thread that runs the verb and until the verb returns; the object is then
 * used again for the next call, so keep no reference to it.
 *
 * <p>To the gate it is a frame in which a thread publishes what it does, see {@link CallFrame}.
 */
public final class Call extends CallFrame {
    /**
     * What {@link #wouldBlock} returns. It is not a result: the front that sees it holds a request
     * that sleeps on a queue.
     */
    public static final int WOULD_BLOCK = Integer.MIN_VALUE;

    /** The gate's wake clock when this run of the verb began. */
    long since;

    /** When the time is over that an earlier run asked for, see {@link BlockedRun#deadline}. */
    long deadline;

    private WaitQueue blockedOn;
    private boolean blockedExclusively;
    private PollWatcher watcher;
    private volatile WaitQueue waitingOn;
    private ParkedSleeper sleeper;
    private CancelCallback cancels;

    // Of a traced call.
    private CallEvent event;
    private int answer;
    private boolean slept;

    Call(CallRecord record, long ticketBits) {
        super(record, ticketBits);
    }

    /** What this run leaves after {@link #wouldBlock}; null if that was not called. */
    BlockedRun blockedRun() {
        return blockedOn == null
                ? null
                : new BlockedRun(verb(), blockedOn, since, blockedExclusively, deadline);
    }

    /** Lets go of what the call was about, before it is taken back. */
    void forget() {
        if (file != null) {
            watcher = null;
            blockedOn = null;
        }
    }

    private FopsGate current(String method) {
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

    /**
     * Names this call to {@link FopsGate#unregisterSync(SelfRemoval, long)} on another thread.
     *
     * @throws IllegalStateException after the verb returned or on another thread
     */
    public long ticketOfCall() {
        current("ticketOfCall");
        return verbTicket();
    }

    /**
     * The time until this verb returns, for code that must not work outside it. Of a verb that is
     * run again after {@link #wouldBlock}, each run has its own.
     *
     * @throws IllegalStateException after the verb returned or on another thread
     */
    public CallScope scope() {
        current("scope");
        return new CallScope(this, published());
    }

    /** The open file the verb was called for. */
    public OpenFile file() {
        return file;
    }

    /** The calling thread's id; may differ from the opener's; -1 if unknown. */
    public int tid() {
        return caller == null ? -1 : caller.tid();
    }

    /** The calling process's id; may differ from the opener's; -1 if unknown. */
    public int pid() {
        return caller == null ? -1 : caller.pid();
    }

    /** The caller's user id; -1 unknown. */
    public int uid() {
        return caller == null ? -1 : caller.uid();
    }

    /** The caller's group id; -1 unknown. */
    public int gid() {
        return caller == null ? -1 : caller.gid();
    }

    /** Whether the verb must not sleep: O_NONBLOCK, as it is at the time of this call. */
    public boolean isNonBlocking() {
        return file != null && caller != null && caller.isNonBlocking(file);
    }

    /**
     * Whether a read fetches, or a write brings back, pages of a mapping: the process called
     * neither read(2) nor write(2) but touched memory. The position then is the page's, on a stream
     * too, and for a write nobody knows who changed it.
     */
    public boolean isMappedPage() {
        return caller != null && caller.isMappedPage();
    }

    /** Whether the device's removal has begun; sticky. For drivers that sleep in their own way. */
    public boolean isRemoving() {
        return current("isRemoving").isRemoving();
    }

    /**
     * Whether the caller is a 32-bit program on a 64-bit kernel (compat_ioctl of linux/fs.h): the
     * pointers and longs in its structs have 4 bytes, and on x86 fields of 64 bits are aligned to 4
     * too. An address taken from such a struct is {@code Integer.toUnsignedLong} of it. Known for
     * ioctl only; false for the other verbs.
     */
    public boolean is32Bit() {
        return caller != null && caller.is32Bit();
    }

    /**
     * Copies from the memory of the calling thread (copy_from_user of linux/uaccess.h), for
     * commands whose argument points to what no front copies: those without a size, or with
     * pointers inside. Fills the buffer from its position to its limit, or throws; the position is
     * then unchanged, and what stands after it undefined.
     *
     * <p>The address is the caller's word: look at how much it asks for before a buffer is made for
     * it, and copy what is to be checked once, because the caller may change it meanwhile.
     *
     * @param address in the caller, as it passed it
     * @param dst any buffer; what remains of it is filled
     * @throws ErrnoException EFAULT if the caller could not read all of that memory itself; EPERM
     *     if this process may not access that caller, which is logged; ESRCH if the caller has gone
     * @throws UnsupportedOperationException if the front gives no such access, or the verb has no
     *     caller that waits for it; the message says what to do, and the caller of a verb that
     *     throws it gets EIO
     * @throws IllegalStateException after the verb returned or on another thread
     */
    public void copyFromUser(long address, ByteBuffer dst) throws ErrnoException {
        Caller waiting = waiting("copyFromUser");
        if (dst.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        waiting.copyFromUser(address, dst);
    }

    /**
     * Copies to the memory of the calling thread (copy_to_user of linux/uaccess.h): all that
     * remains of the buffer, or it throws. The position is then unchanged, but a beginning of the
     * data may have been written. Otherwise as {@link #copyFromUser}.
     *
     * @param address in the caller, as it passed it
     * @param src any buffer; what remains of it is copied
     * @throws ErrnoException EFAULT if the caller could not write all of that memory itself; EPERM,
     *     ESRCH as {@link #copyFromUser}
     * @throws UnsupportedOperationException as {@link #copyFromUser}
     * @throws IllegalStateException after the verb returned or on another thread
     */
    public void copyToUser(long address, ByteBuffer src) throws ErrnoException {
        Objects.requireNonNull(src, "src");
        waiting("copyToUser").copyToUser(address, src);
    }

    private Caller waiting(String method) {
        current(method);
        if (caller == null) {
            throw new UnsupportedOperationException(
                    "Call." + method + " in " + verb() + ", for which no caller waits");
        }
        return caller;
    }

    /**
     * Ends this run of the verb: {@code return call.wouldBlock(queue)}. The call leaves the gate,
     * the request sleeps on the queue without a thread, and after the next {@link
     * WaitQueue#wakeUp()} the verb is run again from its start. A wake-up that came while this run
     * was still looking is not lost: the verb is then run again at once.
     *
     * @return {@link #WOULD_BLOCK}, for the verb to return
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
     * @return {@link #WOULD_BLOCK}, for the verb to return
     * @throws IllegalStateException in release, llseek and poll
     */
    public int wouldBlock(WaitQueue queue, long timeout, TimeUnit unit) {
        int result = wouldBlock(queue, false);
        limit(timeout, unit);
        return result;
    }

    /**
     * {@link #wouldBlock} as one of several that want the same thing, of which there is one; see
     * {@link #awaitExclusive}.
     *
     * @return {@link #WOULD_BLOCK}, for the verb to return
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
     * @return {@link #WOULD_BLOCK}, for the verb to return
     * @throws IllegalStateException in release, llseek and poll
     */
    public int wouldBlockExclusive(WaitQueue queue, long timeout, TimeUnit unit) {
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

    private void limit(long timeout, TimeUnit unit) {
        if (deadline == BlockedRun.NONE || BlockedRun.left(deadline) <= 0) {
            deadline = BlockedRun.deadlineAfter(timeout, unit);
        }
    }

    private int wouldBlock(WaitQueue queue, boolean exclusive) {
        current("wouldBlock");
        switch (verb()) {
            case OPEN, READ, WRITE, IOCTL, FLUSH, MMAP, FSYNC -> {}
            default ->
                    throw new IllegalStateException(
                            verb()
                                    + " cannot sleep without a thread; use Call.await or answer at"
                                    + " once");
        }
        if (queue == null) {
            throw new NullPointerException("the queue to sleep on");
        }
        blockedOn = queue;
        blockedExclusively = exclusive;
        return WOULD_BLOCK;
    }

    /**
     * Parks this thread until the condition holds. The condition is checked after the sleeper has
     * been put on the queue, so whoever makes it true and then calls {@link WaitQueue#wakeUp()}
     * cannot be missed; it is checked on this thread, with no lock of the library held.
     *
     * @param condition must not block; may be called any number of times
     * @throws ErrnoException ENODEV once the removal has begun, EINTR at a signal or interrupt,
     *     EAGAIN at once for a non-blocking file; each only if the condition does not hold. A verb
     *     that hands this ENODEV on gives its caller what the {@link RemovalProfile} says
     * @throws IllegalStateException in poll, which never sleeps: use {@link #pollWait}
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
        return sleep(queue, null, condition, unit.toNanos(timeout), false);
    }

    /**
     * {@link #await(WaitQueue, BooleanSupplier)} for state that a lock of the driver's guards: the
     * condition is checked with the lock held, the lock is given up while the thread is parked, and
     * it is held again when this returns or throws (wait_event_interruptible_lock_irq of
     * linux/wait.h). So what the condition found is still so.
     *
     * @param lock held by this thread, once
     */
    public void await(WaitQueue queue, Lock lock, BooleanSupplier condition) throws ErrnoException {
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
        return sleep(queue, lock, condition, unit.toNanos(timeout), false);
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
        return sleep(queue, null, condition, unit.toNanos(timeout), true);
    }

    /** {@link #awaitExclusive} for state that a lock guards; see {@link #await} with a lock. */
    public void awaitExclusive(WaitQueue queue, Lock lock, BooleanSupplier condition)
            throws ErrnoException {
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
        return sleep(queue, lock, condition, unit.toNanos(timeout), true);
    }

    private boolean sleep(
            WaitQueue queue, Lock lock, BooleanSupplier condition, long nanos, boolean exclusive)
            throws ErrnoException {
        FopsGate entered = current("await");
        if (verb() == Verb.POLL) {
            throw new IllegalStateException("poll must not sleep; use Call.pollWait");
        }
        if (condition.getAsBoolean()) {
            return true;
        }
        if (isNonBlocking()) {
            throw Errno.EAGAIN.exception();
        }
        boolean timed = nanos != Long.MAX_VALUE;
        long deadline = timed ? System.nanoTime() + Math.max(0, nanos) : 0;
        if (sleeper == null) {
            sleeper = new ParkedSleeper();
        }
        waitingOn = queue;
        slept = true;
        boolean woken = false;
        boolean holds = false;
        try {
            boolean handedOver = false;
            while (true) {
                boolean queued = queue.add(sleeper.prepare(exclusive), entered);
                // From here a wake-up reaches the sleeper, so the checks come after.
                if (condition.getAsBoolean()) {
                    holds = true;
                    return true;
                }
                if (!queued || entered.isRemoving()) {
                    add(TOLD);
                    throw Errno.ENODEV.exception();
                }
                if (Thread.interrupted()) {
                    throw Errno.EINTR.exception();
                }
                long left = timed ? deadline - System.nanoTime() : Long.MAX_VALUE;
                if (left <= 0) {
                    return false;
                }
                if (lock != null) {
                    lock.unlock();
                }
                try {
                    if (!handedOver && caller != null) {
                        handedOver = true;
                        caller.beforePark();
                    }
                    if (sleeper.isQueued()) {
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
            boolean wokenAgain = !sleeper.cancel();
            sleeper.forget();
            waitingOn = null;
            if (exclusive && (wokenAgain || (woken && !holds))) {
                queue.wakeUp(); // one came for this sleeper, which needs it no more
            }
        }
    }

    /**
     * Names, in {@link FileOperations#poll}, a queue whose wake-ups may change the mask (poll_wait
     * of linux/poll.h). Callers that sleep in poll, select or epoll are told to ask again at each
     * wake-up, until the file is released. The order of this call and of looking at the state does
     * not matter.
     *
     * @throws IllegalStateException in any other verb
     */
    public void pollWait(WaitQueue queue) {
        FopsGate entered = current("pollWait");
        if (verb() != Verb.POLL) {
            throw new IllegalStateException("pollWait in " + verb() + "; only poll may call it");
        }
        if (watcher != null) {
            queue.watch(watcher, entered, since);
        }
    }

    void watcher(PollWatcher newWatcher) {
        watcher = newWatcher;
    }

    /**
     * Has something done when the removal of the device begins while this call is in flight: to
     * wake it from a sleep of the driver's own making (a socket to close, a lock to notify).
     * Several run one after the other, each on a thread that is not this one; if the removal has
     * begun already it runs here, now. A callback never begins after its call has ended, and the
     * call does not end while its callback runs, so a callback must not wait for the call. What it
     * throws is logged.
     *
     * @param callback counts as in flight while it runs
     */
    public void onCancel(DriverAction callback) {
        FopsGate entered = current("onCancel");
        CancelCallback added =
                new CancelCallback(entered, Objects.requireNonNull(callback, "callback"), cancels);
        cancels = added;
        if (entered.cancels().add(added)) {
            add(CANCELS);
        } else {
            cancels = added.previous;
            added.fire();
        }
    }

    /** The call becomes an event, if that is not null. */
    void trace(CallEvent started) {
        if (started != null) {
            event = started;
            answer = 0;
            slept = false;
            add(TRACED);
        }
    }

    /** What the caller gets, for the event: 0 for a result. */
    void answered(int errno) {
        answer = errno;
    }

    /** The call ends. */
    void endTrace(String device) {
        if (has(TRACED)) {
            event.ended(device, verb().toString(), pid(), answer, slept || blockedOn != null);
            event = null;
        }
    }

    /** The call ends: its callbacks do not run any more, or have run, when this returns. */
    void endCancels(FopsGate entered) {
        for (CancelCallback each = cancels; each != null; each = each.previous) {
            entered.cancels().remove(each);
            each.callEnds();
        }
        cancels = null;
    }

    /**
     * Takes a hold of the device for work that goes on after this call has returned.
     *
     * @param tag what for, for reports
     * @throws ErrnoException ENODEV once the removal has begun
     */
    public Hold hold(String tag) throws ErrnoException {
        return current("hold").hold(tag);
    }

    /** The queue this call's thread is parked on, or null; for any thread. */
    WaitQueue waitingOn() {
        return waitingOn;
    }

    @Override
    public String toString() {
        return verb() + " call";
    }
}
