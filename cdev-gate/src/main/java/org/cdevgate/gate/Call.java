package org.cdevgate.gate;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.accounting.PublishedCall;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalProfile;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.sides.CallerSide;
import org.cdevgate.gate.sides.WatcherSide;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a verb, as the driver sees it: who calls, whether it may sleep, and the two ways
 * to sleep. A read that waits for data, without a thread and with one:
 *
 * <pre>{@code
 * return fifo.isEmpty() ? call.wouldBlock(readable) : fifo.take(dst);
 *
 * call.await(readable, () -> !fifo.isEmpty());
 * return fifo.take(dst);
 * }</pre>
 *
 * <p>Valid on the thread that runs the verb and until the verb returns; the object is then used
 * again for the next call, so keep no reference to it. {@link #scope()} may be kept.
 */
public final class Call {
    /**
     * What {@link #wouldBlock} returns. It is not a result: the front that sees it holds a request
     * that sleeps on a queue.
     */
    public static final int WOULD_BLOCK = Integer.MIN_VALUE;

    final Frame frame;

    Call(Frame frame) {
        this.frame = frame;
    }

    // who calls

    /** The verb that runs. */
    public Verb verb() {
        return frame.verb();
    }

    /**
     * The open file the verb was called for.
     *
     * @throws IllegalStateException after the verb returned
     */
    public OpenFile file() {
        OpenFile file = frame.file;
        if (file == null) {
            throw Frame.isOver("file");
        }
        return file;
    }

    /** The calling thread's id; may differ from the opener's; -1 if unknown. */
    public int tid() {
        return frame.caller == null ? -1 : frame.caller.tid();
    }

    /** The calling process's id; may differ from the opener's; -1 if unknown. */
    public int pid() {
        return frame.caller == null ? -1 : frame.caller.pid();
    }

    /** The caller's user id; -1 unknown. */
    public int uid() {
        return frame.caller == null ? -1 : frame.caller.uid();
    }

    /** The caller's group id; -1 unknown. */
    public int gid() {
        return frame.caller == null ? -1 : frame.caller.gid();
    }

    /**
     * Whether a read fetches, or a write brings back, pages of a mapping: the process called
     * neither read(2) nor write(2) but touched memory. The position then is the page's, on a stream
     * too, and for a write nobody knows who changed it.
     */
    public boolean isMappedPage() {
        return frame.caller != null && frame.caller.isMappedPage();
    }

    /**
     * Whether the caller is a 32-bit program on a 64-bit kernel (compat_ioctl of linux/fs.h): the
     * pointers and longs in its structs have 4 bytes, and on x86 fields of 64 bits are aligned to 4
     * too. An address taken from such a struct is {@code Integer.toUnsignedLong} of it. Known for
     * ioctl only; false for the other verbs.
     */
    public boolean is32Bit() {
        return frame.caller != null && frame.caller.is32Bit();
    }

    // sleeping

    /** Whether the verb must not sleep: O_NONBLOCK, as it is at the time of this call. */
    public boolean isNonBlocking() {
        return frame.isNonBlocking();
    }

    /**
     * Whether the device's removal has begun; sticky. For drivers that sleep in their own way: so
     * it is also true, but in release, when another device is being removed whose call this one is
     * nested in, and that must not sleep on here.
     */
    public boolean isRemoving() {
        FopsGate entered = frame.current("isRemoving");
        return entered.isRemoving() || (verb() != Verb.RELEASE && frame.isThreadSleepless());
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
        return frame.wouldBlock(Objects.requireNonNull(queue, "queue"), false);
    }

    /**
     * {@link #wouldBlock(WaitQueue)} for a limited time: when it is over the verb is run again, and
     * {@link #isTimedOut()} is true. The time counts from the first run that asks for it: runs
     * after a wake-up in between go on with what is left, unless one has slept without a limit.
     *
     * @param timeout in {@code unit}; with 0 or less the verb is run again at once
     * @return {@link Call#WOULD_BLOCK}, for the verb to return
     * @throws IllegalStateException in release, llseek and poll
     */
    public int wouldBlock(WaitQueue queue, long timeout, TimeUnit unit) {
        Objects.requireNonNull(unit, "unit");
        return frame.wouldBlock(Objects.requireNonNull(queue, "queue"), false, timeout, unit);
    }

    /**
     * {@link #wouldBlock} as one of several that want the same thing, of which there is one; see
     * {@link #awaitExclusive}.
     *
     * @return {@link Call#WOULD_BLOCK}, for the verb to return
     * @throws IllegalStateException in release, llseek and poll
     */
    public int wouldBlockExclusive(WaitQueue queue) {
        return frame.wouldBlock(Objects.requireNonNull(queue, "queue"), true);
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
        return frame.wouldBlock(Objects.requireNonNull(queue, "queue"), true, timeout, unit);
    }

    /**
     * Whether the verb has not run before for this request: false where it is run again after
     * {@link #wouldBlock}.
     *
     * @throws IllegalStateException after the verb returned or on another thread
     */
    public boolean isFirstRun() {
        frame.current("isFirstRun");
        return !frame.runAgain;
    }

    /**
     * Whether the time is over for which an earlier run of this verb asked to sleep. A run that
     * asks again then gets its time anew. False in the first run.
     */
    public boolean isTimedOut() {
        frame.current("isTimedOut");
        return frame.deadline != BlockedRun.NONE && BlockedRun.left(frame.deadline) <= 0;
    }

    /**
     * How far this request has come in earlier runs of the verb, as the last one said by {@link
     * #progress(int)}; 0 in the first. A terminal's write that takes all keeps here how many bytes
     * it has sent before it ended its run by {@link #wouldBlock}.
     *
     * @throws IllegalStateException after the verb returned or on another thread
     */
    public int progress() {
        frame.current("progress");
        return frame.progress;
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
        frame.current("progress");
        if (done < 0) {
            throw new IllegalArgumentException("progress " + done + "; give 0 or more");
        }
        frame.progress = done;
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
        await(queue, condition, ParkedSleep.FOREVER, TimeUnit.NANOSECONDS);
    }

    /**
     * {@link #await(WaitQueue, BooleanSupplier)} for a limited time.
     *
     * @param timeout in {@code unit}; 0 or less checks once
     * @return whether the condition holds; false after the time is over
     */
    public boolean await(WaitQueue queue, BooleanSupplier condition, long timeout, TimeUnit unit)
            throws ErrnoException {
        return park(queue, null, condition, nanos(timeout, unit), false);
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
        frame.parked.sleepInterruptible(nanos(time, unit));
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
        park(queue, lock, condition, ParkedSleep.FOREVER, false);
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
        return park(queue, lock, condition, nanos(timeout, unit), false);
    }

    /**
     * {@link #await(WaitQueue, BooleanSupplier)} as one of several that want the same thing, of
     * which there is one: {@link WaitQueue#wakeUp()} wakes one exclusive sleeper and leaves the
     * others asleep (prepare_to_wait_exclusive of linux/wait.h). All exclusive sleepers of a queue
     * must wait for the same condition.
     */
    public void awaitExclusive(WaitQueue queue, BooleanSupplier condition) throws ErrnoException {
        park(queue, null, condition, ParkedSleep.FOREVER, true);
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
        return park(queue, null, condition, nanos(timeout, unit), true);
    }

    /** {@link #awaitExclusive} for state that a lock guards; see {@link #await} with a lock. */
    public void awaitExclusive(WaitQueue queue, Lock lock, BooleanSupplier condition)
            throws ErrnoException {
        Objects.requireNonNull(lock, "lock");
        park(queue, lock, condition, ParkedSleep.FOREVER, true);
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
        return park(queue, lock, condition, nanos(timeout, unit), true);
    }

    private static long nanos(long timeout, TimeUnit unit) {
        return Objects.requireNonNull(unit, "unit").toNanos(timeout);
    }

    private boolean park(
            WaitQueue queue,
            @Nullable Lock lock,
            BooleanSupplier condition,
            long nanos,
            boolean exclusive)
            throws ErrnoException {
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(condition, "condition");
        return frame.parked.await(queue, lock, condition, nanos, exclusive);
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
        Objects.requireNonNull(queue, "queue");
        FopsGate entered = frame.current("pollWait");
        if (verb() != Verb.POLL) {
            throw new IllegalStateException("pollWait in " + verb() + "; only poll may call it");
        }
        WatcherSide watcher = frame.watcher();
        if (watcher != null) {
            queue.watch(watcher, entered, frame.since);
        }
    }

    // the caller's memory

    /**
     * Copies from the memory of the calling thread (copy_from_user of linux/uaccess.h), for
     * commands whose argument points to what no front copies: those without a size, or with
     * pointers inside. Fills the buffer from its position to its limit, where the position stands
     * afterwards: {@code flip()} it to read. If it throws the position is unchanged, and what
     * stands after it undefined.
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
        Objects.requireNonNull(dst, "dst");
        CallerSide waiting = waiting("copyFromUser");
        if (dst.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        waiting.copyFromUser(address, dst);
    }

    /**
     * Copies to the memory of the calling thread (copy_to_user of linux/uaccess.h): all that
     * remains of the buffer, whose position stands at its limit afterwards; or it throws. The
     * position is then unchanged, but a beginning of the data may have been written. Otherwise as
     * {@link #copyFromUser}.
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

    private CallerSide waiting(String method) {
        frame.current(method);
        if (frame.caller == null) {
            throw new UnsupportedOperationException(
                    "Call." + method + " in " + verb() + ", for which no caller waits");
        }
        return frame.caller;
    }

    // beyond the verb

    /**
     * Has something done when the removal of the device begins while this call is in flight, or
     * that of another device whose call this one is nested in: to wake it from a sleep of the
     * driver's own making (a socket to close, a lock to notify). It ends this call and no more: the
     * device may live on. Several run one after the other, each on a thread that is not this one;
     * if the removal has begun already it runs here, now. A callback never begins after its call
     * has ended, and the call does not end while its callback runs, so a callback must not wait for
     * the call. What it throws is logged.
     *
     * @param callback counts as in flight while it runs; may call other devices, but not sleep in
     *     their verbs
     */
    public void onCancel(DriverAction callback) {
        Objects.requireNonNull(callback, "callback");
        frame.onCancel(callback);
    }

    /**
     * Takes a hold of the device for work that goes on after this call has returned.
     *
     * @param tag what for, for reports
     * @throws ErrnoException ENODEV once the removal has begun
     */
    public Hold hold(String tag) throws ErrnoException {
        return frame.current("hold").hold(tag);
    }

    /**
     * {@link #hold(String)} with something to do when the removal begins, see {@link
     * FopsGate#hold(String, DriverAction)}.
     *
     * @throws ErrnoException ENODEV once the removal has begun; it does not run then
     */
    public Hold hold(String tag, DriverAction onCancel) throws ErrnoException {
        return frame.current("hold").hold(tag, onCancel);
    }

    /**
     * Names this call to {@link FopsGate#unregisterSync(SelfRemoval, long)} on another thread.
     *
     * @throws IllegalStateException after the verb returned or on another thread
     */
    public long ticketOfCall() {
        frame.current("ticketOfCall");
        return frame.verbTicket();
    }

    /**
     * The time until this verb returns, for code that must not work outside it. Of a verb that is
     * run again after {@link #wouldBlock}, each run has its own.
     *
     * @throws IllegalStateException after the verb returned or on another thread
     */
    public CallScope scope() {
        frame.current("scope");
        return new CallScope(new PublishedCall(frame, frame.published()));
    }

    @Override
    public String toString() {
        return frame.toString();
    }
}
