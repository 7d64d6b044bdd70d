package org.cdevgate.gate;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.diagnostics.CallEvent;
import org.cdevgate.internal.StackRoom;

/**
 * One execution of a verb, as the driver sees it: who calls, whether it may sleep, and the two ways
 * to sleep. Valid on the thread that runs the verb and until the verb returns; the object is then
 * used again for the next call, so keep no reference to it.
 *
 * <p>To the gate it is a frame in which a thread publishes what it does, see {@link CallFrame}.
 */
public final class Call extends SleepableCall {
    /**
     * What {@link #wouldBlock} returns. It is not a result: the front that sees it holds a request
     * that sleeps on a queue.
     */
    public static final int WOULD_BLOCK = Integer.MIN_VALUE;

    private PollWatcher watcher;
    private Guard guard; // made at the first use

    /** Read by removers; null unless CANCELS is set. */
    private volatile CancelCallback cancels;

    // Of a traced call.
    private CallEvent event;
    private int answer;

    Call(CallRecord record, long ticketBits) {
        super(record, ticketBits);
    }

    /** Lets go of what the call was about, before it is taken back. */
    void forget() {
        if (file != null) { // only a verb has more, for nobody else is given the Call
            leaveQueue(); // a sleep that an Error has cut short
            forgetSleep();
            watcher = null;
        }
    }

    @Override
    String leftBehind() {
        String extras = extrasLeftBehind();
        if (extras != null) {
            return extras;
        }
        return watcher == null && cancels == null && event == null && isSleepForgotten()
                ? null
                : "a free frame has a watcher, a callback, an event or a sleep of its last call";
    }

    @Override
    void recover() {
        leaveQueue();
        forgetSleep();
        watcher = null;
        event = null;
        if (cancels != null) {
            for (CancelCallback each = cancels; each != null; each = each.previous) {
                each.abandon();
            }
            cancels = null;
        }
        clearExtras();
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

    /**
     * Whether a read fetches, or a write brings back, pages of a mapping: the process called
     * neither read(2) nor write(2) but touched memory. The position then is the page's, on a stream
     * too, and for a write nobody knows who changed it.
     */
    public boolean isMappedPage() {
        return caller != null && caller.isMappedPage();
    }

    /**
     * Whether the device's removal has begun; sticky. For drivers that sleep in their own way: so
     * it is also true, but in release, when another device is being removed whose call this one is
     * nested in, and that must not sleep on here.
     */
    public boolean isRemoving() {
        FopsGate entered = current("isRemoving");
        return entered.isRemoving() || (verb() != Verb.RELEASE && record.isSleepless());
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
        Caller waiting = waiting("copyFromUser");
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

    private Caller waiting(String method) {
        current(method);
        if (caller == null) {
            throw new UnsupportedOperationException(
                    "Call." + method + " in " + verb() + ", for which no caller waits");
        }
        return caller;
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
        FopsGate entered = current("pollWait");
        if (verb() != Verb.POLL) {
            throw new IllegalStateException("pollWait in " + verb() + "; only poll may call it");
        }
        if (watcher != null) {
            queue.watch(watcher, entered, since);
        }
    }

    /** For the call that is in flight here, entered by hand. */
    Guard guard(FopsGate entered) {
        if (guard == null) {
            guard = new Guard(this);
        }
        return guard.of(entered);
    }

    void watcher(PollWatcher newWatcher) {
        watcher = newWatcher;
    }

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
        FopsGate entered = current("onCancel");
        StackRoom.require(); // the end of the call, in a frame of less depth, has it then too
        CancelCallback added = new CancelCallback(entered, this, callback, cancels);
        add(CANCELS); // before it is known elsewhere: the end of the call looks after it
        cancels = added;
        if (!entered.cancels().add(added)) {
            cancels = added.previous;
            added.fire();
        } else if (record.isSleepless()) { // looked at after it is known, see CallScan
            added.fire();
        }
    }

    /** What is registered, the last first; for any thread. */
    CancelCallback callbacks() {
        return cancels;
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
        CallEvent started = event;
        if (started != null) {
            event = null;
            started.ended(device, verb().toString(), pid(), answer, slept || blockedOn != null);
        }
    }

    /** The call ends: its callbacks do not run any more, or have run, when this returns. */
    void endCancels(FopsGate entered) {
        for (CancelCallback each = cancels; each != null; each = each.previous) {
            each.callEnds();
            entered.cancels().remove(each);
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

    /**
     * {@link #hold(String)} with something to do when the removal begins, see {@link
     * FopsGate#hold(String, DriverAction)}.
     *
     * @throws ErrnoException ENODEV once the removal has begun; it does not run then
     */
    public Hold hold(String tag, DriverAction onCancel) throws ErrnoException {
        return current("hold").hold(tag, onCancel);
    }

    @Override
    public String toString() {
        return verb() + " call";
    }
}
