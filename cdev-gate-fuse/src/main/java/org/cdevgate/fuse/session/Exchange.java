package org.cdevgate.fuse.session;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.cdevgate.fuse.protocol.DecodeError;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.protocol.FuseReply;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.protocol.InitNegotiation;
import org.jspecify.annotations.Nullable;

/**
 * One worker's request and its reply, used again for each, in the worker's {@link MessageBuffers}.
 */
public final class Exchange {
    /** Where replies begin, but those to READ, IOCTL and {@link #listingReplyOffset}. */
    public static final int REPLY_OFFSET = MessageBuffers.REPLY_OFFSET;

    /** Where the reply to an IOCTL begins. */
    public static final int IOCTL_REPLY_OFFSET = MessageBuffers.IOCTL_REPLY_OFFSET;

    /** Where the reply to a READ begins. */
    public static final int READ_REPLY_OFFSET = MessageBuffers.READ_REPLY_OFFSET;

    private final FuseSession session;
    private final Worker worker;
    private final MessageBuffers buffers;
    private final FuseRequest request;
    // What a parked run of the request holds.
    private final Charge parked = new Charge();

    // Whose device may be entered; guarded by the worker while the role is offered or taken.
    private @Nullable Share device;

    private long unique;
    private int tid;
    private boolean answered = true; // there is none yet

    // Set when the request has to be found by others: it sleeps, or its thread may. From the moment
    // that its role is offered until the request ends, guarded by the worker.
    private @Nullable HeldRequest held;
    private boolean asleep;

    // What the next request that others must find becomes: made beforehand, where a lack of memory
    // costs that request alone. Null only after it was used, or where there was no memory.
    private @Nullable HeldRequest reserved;

    private @Nullable CallerMemory callerMemory;

    private final EnteredCall entered = new EnteredCall();

    Exchange(FuseSession session, Worker worker, InitNegotiation.Agreed agreed) {
        this.session = session;
        this.worker = worker;
        this.buffers = new MessageBuffers(agreed);
        this.request = new FuseRequest(buffers.in().bytes());
    }

    /** Where requests are received. */
    NativeBuffer in() {
        return buffers.in();
    }

    /** The request. */
    public FuseRequest request() {
        return request;
    }

    /** The request's id. */
    public long unique() {
        return unique;
    }

    int tid() {
        return tid;
    }

    /** The whole buffer of replies, for the encoders of {@link FuseReply}. */
    public ByteBuffer bytes() {
        return buffers.out().bytes();
    }

    /** The most bytes that a READ may be answered with. */
    public int maxTransfer() {
        return buffers.maxTransfer();
    }

    /**
     * Where the data of a READ go: index 0 to {@code size}, native order.
     *
     * @param size at most {@link #maxTransfer()}
     */
    public ByteBuffer readData(int size) {
        return buffers.readData(size);
    }

    /** Where the reply to a READDIR or READLINK begins: more than the others, and no driver's. */
    public int listingReplyOffset() {
        return buffers.listingReplyOffset();
    }

    /** The most bytes that a READDIR may be answered with. */
    public int maxListing() {
        return MessageBuffers.LISTING_BYTES;
    }

    /** The data of a WRITE, read-only, native order. */
    public ByteBuffer writeData() {
        return buffers.writeData(request.size());
    }

    /**
     * The data of an IOCTL: what the caller passed, then zeros up to what it wants back, so that
     * nothing of an earlier message reaches it.
     */
    public ByteBuffer ioctlData() {
        return buffers.ioctlData(request.ioctlInSize(), request.ioctlOutSize());
    }

    /**
     * Sends a reply that was encoded at {@link #REPLY_OFFSET}.
     *
     * @return 0 or the errno; ENOENT if nobody waits for it any more
     */
    public int reply(int length) {
        return replyAt(REPLY_OFFSET, length);
    }

    /** {@link #reply} for one that was encoded elsewhere. */
    public int replyAt(int offset, int length) {
        buffers.replied(offset, length);
        int errno = session.channel().send(buffers.out(), offset, length);
        answered = true; // not if an Error came before; the kernel drops a second answer
        return errno;
    }

    /** Answers with an errno, 0 for a success without data. */
    public int replyError(int errno) {
        return reply(FuseReply.error(bytes(), REPLY_OFFSET, unique, errno));
    }

    /** Ends a request that gets no answer (FORGET). */
    public void noReply() {
        answered = true;
    }

    boolean isAnswered() {
        return answered;
    }

    /**
     * Whether the request may be handed to code that may sleep, in either way: not when calls of
     * its user and device hold as many threads or bytes as they may have; the request is then
     * answered with ENOMEM. One that is run again has been counted before the runner took it.
     *
     * @param entered what the device's sleeping calls are charged to
     */
    public boolean maySleep(Share entered) {
        device = entered;
        if (held != null && held.owner() != null) {
            worker.chargeAgain();
            return true; // it is run again, and was counted before the runner took it
        }
        int bytes = buffers.heldBytes(request);
        if (bytes > request.length() && !session.admission().hasRoom(request, entered, bytes)) {
            buffers.discardReadData(); // of earlier reads; this one's are not there yet
        }
        if (!(isFindable() || worker.isFindable())
                || !session.admission().maySleep(request, entered)) {
            return false;
        }
        if (held != null) {
            worker.chargeAgain(); // its role has gone already, before its device was known
        }
        return true;
    }

    /**
     * Whether a page that is fetched or written back may sleep, asked in addition to {@link
     * #maySleep}: not when as many as may do already, because then the kernel would send no RELEASE
     * of any device. True for all other requests, and for one that is run again.
     */
    public boolean maySleepAsPage() {
        if (held != null && held.owner() != null) {
            return true;
        }
        return session.admission().maySleepAsPage(request, parked);
    }

    /**
     * The thread is about to park: another takes over its role. Idempotent. May be called with
     * hardly any stack left: if it throws, the monitor does the rest.
     */
    public void parking() {
        entered.parks();
        worker.offer();
    }

    /**
     * A driver is about to be entered, after {@link #maySleep} where that is asked. If calls like
     * this were seen to take long, another worker takes over this one's role first, as long as no
     * more than half of the calls that may park do: what is left is for those that park.
     *
     * @param device what is known of its calls
     */
    public void entering(Pace device) {
        if (entered.enter(device, request.opcode()) && session.admission().hasRoomForSlowCalls()) {
            worker.offer();
        }
    }

    /**
     * What others find the request by: its entry in the table, made if there is none. They must,
     * while it sleeps, and while a driver uses its caller's memory: who answers for the driver, or
     * ends the session.
     */
    public HeldRequest findable() {
        return worker.track();
    }

    /**
     * Takes the request off this thread: it goes on sleeping in its {@link #findable} object, which
     * keeps a copy of the message. The caller arranges who wakes it, then calls {@link
     * HeldRequest#asleep}.
     *
     * @param owner who can take it back
     * @return false if there is no room for the copy; the request is still this thread's
     */
    public boolean hold(HeldRequest findable, HeldRequest.Owner owner) {
        if (!findable.keep(request, buffers.in().bytes(), device, owner)) {
            return false;
        }
        asleep = true;
        answered = true;
        return true;
    }

    /**
     * Copies from the memory of the thread that made the request and waits for its answer.
     *
     * @throws ErrnoException EFAULT, EPERM, or ESRCH if it does not wait any more
     * @throws UnsupportedOperationException if this was not switched on for the mount
     */
    public void copyFromCaller(long address, ByteBuffer dst) throws ErrnoException {
        callerMemory().read(findable(), address, dst);
    }

    /** Copies to that memory; as {@link #copyFromCaller}. */
    public void copyToCaller(long address, ByteBuffer src) throws ErrnoException {
        callerMemory().write(findable(), address, src);
    }

    private CallerMemory callerMemory() {
        session.memoryPolicy().check();
        CallerMemory made = callerMemory;
        if (made == null) {
            made = new CallerMemory(session);
            callerMemory = made;
        }
        return made;
    }

    /** Who owned this request while it slept after its last run; null in its first run. */
    public HeldRequest.@Nullable Owner owner() {
        return held == null ? null : held.owner();
    }

    // Worker's side

    /**
     * Checks the message that was received, also against what was agreed at INIT: no driver is
     * handed more than that.
     */
    DecodeError check(int length) {
        buffers.received(length);
        DecodeError error = request.wrap(length);
        boolean tooLong =
                error == DecodeError.NONE
                        && request.opcode() == FuseOpcode.WRITE
                        && request.size() > buffers.maxWrite();
        return tooLong ? DecodeError.SIZE_OUT_OF_RANGE : error;
    }

    /**
     * The thread is parked or stuck: from now on it counts. Gives back what earlier and larger
     * requests have left in its buffers, or a small call would hold megabytes that nobody counts.
     * Needs no memory. The thread may be sending its answer meanwhile, which is in none of these
     * pages, but cannot come to its next request.
     */
    void parked() {
        if (held != null && held.owner() != null) {
            parked.ofNoPage(); // it slept before, and its message is charged for it all the time
        } else {
            parked.of(request);
        }
        session.shares().park(parked, device, request.uid(), buffers.heldBytes(request));
        buffers.discardUnused(request);
    }

    /** It counted before its device was known: a thread that waits for a processor looks stuck. */
    void parkedIn() {
        returned();
        parked();
    }

    /** The thread has come back. */
    void returned() {
        session.shares().giveBack(parked);
    }

    /** The call takes long. Also called by the monitor, beside this thread. */
    void foundSlow() {
        entered.foundSlow();
    }

    /** A message was received. Does not fail. */
    void begin() {
        parked.prepare();
        device = null;
        unique = request.unique();
        tid = request.pid(); // fuse_in_header.pid is a thread's id
        asleep = false;
        held = null;
        answered = false;
        if (reserved == null) {
            reserve();
        }
    }

    /**
     * Makes sure that the request can be made findable; false if there is no memory for that. An
     * heir of the worker's role may do so beside a begin: whichever object is left is as good.
     */
    boolean reserve() {
        if (held == null && reserved == null) {
            try {
                reserved = new HeldRequest(session);
            } catch (OutOfMemoryError e) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether it has an entry, or what becomes one; false for sure only under the worker's lock.
     */
    boolean isFindable() {
        return held != null || reserved != null;
    }

    /** The request's entry in the table, made if there is none. Called under the worker's lock. */
    HeldRequest track() {
        HeldRequest tracked = held;
        if (tracked == null) {
            tracked = reserved;
            if (tracked == null) {
                tracked = new HeldRequest(session);
                reserved = tracked;
            }
            tracked.begin(unique, tid, worker.thread());
            session.inFlight().put(tracked);
            held = tracked;
            reserved = null;
        }
        return tracked;
    }

    /**
     * A request that slept is run again.
     *
     * @return false if it has been answered meanwhile
     */
    boolean beginAgain(HeldRequest again) {
        int length = again.restore(buffers.in().bytes());
        buffers.received(length);
        request.wrap(length);
        unique = request.unique();
        tid = request.pid();
        asleep = false;
        parked.prepare();
        device = null;
        held = again;
        answered = !again.runningOn(Thread.currentThread());
        if (answered) {
            held = null;
        }
        return !answered;
    }

    /** The thread leaves the request; if there is none, does nothing. */
    void finish() {
        entered.left();
        if (held != null && !asleep) {
            held.leftByThread();
        }
        held = null;
    }
}
