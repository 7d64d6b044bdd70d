package org.cdevgate.gate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a {@link Call} is to the gate: a frame of its thread's {@link CallRecord}, in which the
 * field {@code published} says that a call is in flight. {@link FopsGate} argues why that is
 * enough.
 *
 * <p>Everything here is written by the owning thread only, {@code leftOut} excepted. The fields
 * that describe a call are written before it is published; a scanner that sees it published, before
 * and after it reads them, has them of this call or of a later one of the same gate.
 */
abstract class CallFrame extends CallPadding {
    private static final VarHandle PUBLISHED;
    private static final VarHandle TICKET;
    private static final VarHandle REF;
    private static final VarHandle START;
    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PUBLISHED = lookup.findVarHandle(CallFrame.class, "published", long.class);
            TICKET = lookup.findVarHandle(CallFrame.class, "ticket", long.class);
            START = lookup.findVarHandle(CallFrame.class, "start", long.class);
            REF = lookup.findVarHandle(CallFrame.class, "ref", GateRef.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** {@code extras}: the call has a start time. */
    static final int STAMPED = 1;

    /** {@code extras}: the call becomes an event. */
    static final int TRACED = 2;

    /** {@code extras}: the call has callbacks for its cancellation. */
    static final int CANCELS = 4;

    final CallRecord record;
    final Call outer;
    private volatile Call inner;

    /** {@link GateRef#id} of the gate from enter to exit, otherwise 0. */
    @SuppressWarnings("unused") // through PUBLISHED
    private long published;

    /** Names this call, and no other that this JVM makes for a very long time. */
    @SuppressWarnings("unused") // through TICKET
    private long ticket;

    /** The gate that the frame served last; its calls are in {@link #counts}. */
    private GateRef ref;

    private int verb;
    OpenFile file;
    Caller caller;

    /** What the end of the call has to look after; 0 in most calls. */
    private volatile int extras;

    /** {@link System#nanoTime()} at enter if {@link #STAMPED}. */
    @SuppressWarnings("unused") // through START
    private long start;

    /** The ticket of the call that removals do not wait for; see {@link SelfRemoval#LEAVE_OUT}. */
    private volatile long leftOut;

    // By the owner alone, so it needs no more than not to be torn. At its end, so that the padding
    // of the next object keeps others off it.
    private final long[] counts = new long[Verb.COUNT];

    CallFrame(CallRecord record, Call outer) {
        this.record = record;
        this.outer = outer;
    }

    /** The frame for a call nested in this one. Only the owning thread makes it. */
    final Call inner() {
        Call next = inner;
        if (next == null) {
            next = new Call(record, (Call) this);
            inner = next; // volatile: linked before the nested call is published in it
        }
        return next;
    }

    /** The next frame if there is one, for scanners. */
    final Call innerOrNull() {
        return inner;
    }

    final void set(GateRef gate, int newVerb, OpenFile newFile, Caller newCaller, long newTicket) {
        if (ref != gate) {
            handOverOwnCounts();
            REF.setRelease(this, gate);
        }
        verb = newVerb;
        if (newFile != null) {
            file = newFile;
        }
        if (newCaller != null) {
            caller = newCaller;
        }
        TICKET.setOpaque(this, newTicket);
    }

    final void publish(long gateId) {
        PUBLISHED.setVolatile(this, gateId);
    }

    /** Takes the call back: what it did is visible to whoever sees that. */
    final void unpublish() {
        PUBLISHED.setRelease(this, 0L);
    }

    /** What this frame publishes now; for any thread. */
    final long published() {
        return (long) PUBLISHED.getVolatile(this);
    }

    /** Whether the frame has a call in flight. Owning thread only. */
    final boolean isPublished() {
        return published != 0;
    }

    /** Whether the call in flight here has this ticket. Owning thread only. */
    final boolean isOf(long wanted, GateRef gate) {
        return ticket == wanted && published == gate.id;
    }

    final long ticket() {
        return (long) TICKET.getOpaque(this);
    }

    final Verb verbInFlight() {
        return Verb.of(verb);
    }

    /** The gate of the call in flight; the caller of its verb keeps it reachable meanwhile. */
    final FopsGate gate() {
        return published == 0 ? null : ref.get();
    }

    /** Whether a removal has to wait for this frame. Any thread. */
    final boolean isCountedIn(GateRef gate) {
        return published() == gate.id && !isLeftOut();
    }

    /**
     * Leaves the call in flight here out of every removal's count: it has said that it touches
     * nothing that the teardown frees. Any thread that the call, or its ticket, belongs to. Tickets
     * are not used again, so nothing has to be taken back.
     */
    final void leaveOut() {
        leftOut = ticket();
    }

    final boolean isLeftOut() {
        // Both are 0 only in a frame that never had a call.
        return leftOut == ticket();
    }

    /** {@link #leaveOut()} for a thread that knows the call by its ticket only. */
    final void leaveOut(long ofTicket) {
        leftOut = ofTicket;
    }

    /** Gives the call a start time. */
    final void stamp(long nanoTime) {
        START.setOpaque(this, nanoTime);
        extras |= STAMPED; // by one thread only
    }

    final boolean isStamped() {
        return (extras & STAMPED) != 0;
    }

    final long start() {
        return (long) START.getOpaque(this);
    }

    final boolean has(int extra) {
        return (extras & extra) != 0;
    }

    final void add(int extra) {
        extras |= extra; // by one thread only
    }

    final boolean hasExtras() {
        return extras != 0;
    }

    final void clearExtras() {
        extras = 0;
    }

    final void count() {
        long before = (long) COUNTS.getOpaque(counts, verb);
        COUNTS.setOpaque(counts, verb, before + 1);
    }

    /** What this frame has counted for the gate and not handed over. Any thread. */
    final long counted(GateRef gate, int ofVerb) {
        if (REF.getAcquire(this) != gate) {
            return 0;
        }
        long count = (long) COUNTS.getOpaque(counts, ofVerb);
        return REF.getAcquire(this) == gate ? count : 0;
    }

    /** Gives the counts of this frame and those nested in it to their gates. */
    final void handOverCounts() {
        for (CallFrame each = this; each != null; each = each.innerOrNull()) {
            each.handOverOwnCounts();
            REF.setRelease(each, (GateRef) null);
        }
    }

    private void handOverOwnCounts() {
        GateRef served = ref;
        if (served == null) {
            return;
        }
        for (int each = 0; each < counts.length; each++) {
            long count = counts[each];
            if (count != 0) {
                COUNTS.setOpaque(counts, each, 0L);
                served.count(each, count);
            }
        }
    }
}
