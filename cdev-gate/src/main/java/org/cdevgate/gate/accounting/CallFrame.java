package org.cdevgate.gate.accounting;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadLocalRandom;
import org.cdevgate.gate.calls.Verb;
import org.jspecify.annotations.Nullable;

/**
 * What a call is to the gate: a frame of its thread's {@link CallRecord}, in which the field {@code
 * published} says that a call is in flight. The package's page argues why that is enough.
 *
 * <pre>
 *   published:  63 .. 33  32  31  30    29 .. 2             1       0
 *               gate id    -   -  WRAP  number of the call  EXTRAS  IN_FLIGHT
 * </pre>
 *
 * <p>The gate's id stays when the call has left, so one comparison tells an entering thread that
 * the frame is free, that it served the same gate last (its counts are that gate's), and that the
 * number has not run over; another tells a leaving one that the call is its own and needs nothing
 * but to be taken back.
 *
 * <p>All fields are written by the owning thread only, {@code leftOut} excepted, and EXTRAS: a
 * remover sets it, by compare-and-set, in the frames of the calls that it finds in flight, so that
 * their end looks after the waiting remover. A store of the owner's that comes at the same moment
 * may undo that; then the remover finds out by itself. Those that describe a call are written
 * before it is published; a scanner that sees it published, before and after it reads them, has
 * them of this call or of a later one of the same gate.
 *
 * <p><b>Errors.</b> A StackOverflowError or an OutOfMemoryError may come out of any call of a
 * method, those that end a call included. So whoever has published a call and meets one ends the
 * call by two accesses to a field and nothing else, for which neither stack nor memory is needed:
 *
 * <pre>{@code
 * catch (Throwable e) {
 *     call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
 *     throw e;
 * }
 * }</pre>
 *
 * <p>The store is volatile, so what the call did happens-before what a remover does that sees it.
 * It may be done to a call that has ended already. EXTRAS sends the next call in this frame the
 * long way, where {@link #recover} looks after what was left. The accesses that need no such order
 * go through {@link #PUBLISHED}.
 */
public abstract class CallFrame extends CallPadding {
    // Where they are lets the processor's instructions hold them.
    public static final long IN_FLIGHT = 1;
    public static final long EXTRAS = 2;
    private static final long NEXT_NUMBER = 4;
    private static final long WRAP = 1L << 30;
    private static final long NUMBER = WRAP - NEXT_NUMBER;
    private static final long TICKET_NUMBER = NUMBER | WRAP;

    /** Set in the tickets of verbs: exit takes none of them. */
    private static final long VERB_TICKET = 1L << 63;

    /** Its start time is known. */
    public static final int STAMPED = 1;

    /** It becomes an event. */
    public static final int TRACED = 2;

    /** It has callbacks for its cancellation. */
    public static final int CANCELS = 4;

    /** One call in so many of a frame is sampled. */
    private static final int SAMPLE_EVERY = 64;

    /** Its thread is a virtual one, which gives its record back. */
    public static final int VIRTUAL = 8;

    /** The driver was told of the removal in a sleep of this call. */
    public static final int TOLD = 16;

    private static final long NONE = 0; // a call in flight publishes more than that
    private static final int ENTERED = Verb.ENTERED.index();

    private static final VarHandle PUBLISHED;
    private static final VarHandle REF;
    private static final VarHandle START;
    private static final VarHandle BASE;
    private static final VarHandle LEFT_OUT;
    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PUBLISHED = lookup.findVarHandle(CallFrame.class, "published", long.class);
            REF = lookup.findVarHandle(CallFrame.class, "ref", GateRef.class);
            START = lookup.findVarHandle(CallFrame.class, "start", long.class);
            BASE = lookup.findVarHandle(CallFrame.class, "base", long.class);
            LEFT_OUT = lookup.findVarHandle(CallFrame.class, "leftOut", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    public final CallRecord record;

    /** Of the record, at its outermost frame; nobody elsewhere. */
    public volatile CallRecord.Owner owner = CallRecord.NOBODY;

    private final long ticketBits;
    private volatile @Nullable CallFrame inner;

    public volatile long published;

    /** The gate that the frame served last. */
    private @Nullable GateRef ref;

    private int verb = ENTERED;

    /** What the end of the call has to look after; 0 unless EXTRAS is set. */
    private volatile int extras;

    /** {@link System#nanoTime()} at enter if {@link #STAMPED}. */
    @SuppressWarnings("unused") // through START
    private long start;

    /** What the call published that removals do not wait for; see {@link #leaveOut}. */
    private volatile long leftOut = NONE;

    /** The number of the last call before those to be counted; see {@link #countedEntered}. */
    private long base;

    // By the owner alone, so each needs no more than not to be torn. ENTERED's is not used.
    private final long[] counts = new long[Verb.COUNT];

    /** For the layer that knows what a call is about, see {@link CallRecord.FrameFactory}. */
    protected CallFrame(CallRecord record, long ticketBits) {
        this.record = record;
        this.ticketBits = ticketBits;
        // Nobody else knows the frame yet.
        PUBLISHED.set(this, ThreadLocalRandom.current().nextInt((int) WRAP / 8) * NEXT_NUMBER);
    }

    /** The frame for a call nested in this one. Only the owning thread makes it. */
    final CallFrame inner() {
        CallFrame next = inner;
        if (next == null) {
            // Frames 2048 calls apart share their bits rather than touch VERB_TICKET.
            next = record.newFrame((ticketBits + CallRecord.TICKET_DEPTH) & ~VERB_TICKET);
            inner = next; // volatile: linked before the nested call is published in it
        }
        return next;
    }

    /** The next frame if there is one, for scanners. */
    public final @Nullable CallFrame innerOrNull() {
        return inner;
    }

    // the owning thread

    /** What this frame publishes, for its owner, who wrote it. */
    private long own() {
        return (long) PUBLISHED.get(this);
    }

    /**
     * Publishes a call of the gate that the frame served last; the caller then looks at the gate's
     * flag and takes it back if it is set.
     *
     * @param free {@link GateRef#free}
     * @return what is published; 0 if the frame is not ready for it
     */
    final long tryPublish(long free) {
        return isReadyFor(free) ? publish() : 0;
    }

    /** Whether the frame is free, and {@link #publish()} publishes a call of this gate. */
    public final boolean isReadyFor(long free) {
        return (own() & ~NUMBER) == free;
    }

    /** Publishes a call in a frame that is ready. */
    public final long publish() {
        long now = own() + (IN_FLIGHT + NEXT_NUMBER);
        PUBLISHED.setVolatile(this, now);
        return now;
    }

    /** Says what the call executes, before {@link #tryPublish}. */
    final void executes(int newVerb) {
        verb = newVerb;
    }

    /** Makes a frame without a call ready for the gate. */
    final void serve(GateRef gate) {
        if (ref != gate || (own() & (WRAP | EXTRAS)) != 0) {
            handOverOwnCounts();
            long number = own() & NUMBER;
            if ((own() & WRAP) != 0) {
                leftOut = NONE; // its number will come again
            }
            BASE.setOpaque(this, number);
            PUBLISHED.setRelease(this, gate.free | number);
            REF.setRelease(this, gate);
        }
    }

    /**
     * Looks after what a call left in this frame that an Error has ended; before {@link #serve}.
     */
    protected abstract void recover();

    /** Lets go of what the call was about, before it is taken back. */
    protected abstract void forget();

    /** Lets the next {@link #tryPublish} fail, until {@link #serve}. */
    final void makeUnready() {
        PUBLISHED.setRelease(this, own() | EXTRAS);
    }

    /** The ticket of the call that {@link #tryPublish} published. */
    public final long ticket(long publishedNow) {
        return ticketBits | (publishedNow & TICKET_NUMBER);
    }

    public final long ticket() {
        return ticket(own());
    }

    /** The ticket of a verb's call: names it, but is not for exit. */
    public final long verbTicket() {
        return ticket() | VERB_TICKET;
    }

    /**
     * Takes back the call of a ticket if there is nothing else to do for it.
     *
     * @param gateInFlight {@link GateRef#inFlight}
     */
    public final boolean tryTakeBack(long ticket, long gateInFlight) {
        long before = own();
        // Both differences are the number of the call, or the ticket is not of it. One comparison:
        // for another call of another gate to pass, the numbers would have to agree, and they begin
        // at random in each frame.
        if (before - gateInFlight != ticket - ticketBits) {
            return false;
        }
        PUBLISHED.setRelease(this, before - IN_FLIGHT);
        assert leftBehind() == null : leftBehind();
        return true;
    }

    /** Takes the call back: what it did is visible to whoever sees that. */
    final void takeBack() {
        if (verb != ENTERED) {
            verb = ENTERED;
        }
        clearExtras();
        PUBLISHED.setRelease(this, own() & ~(IN_FLIGHT | EXTRAS));
        assert leftBehind() == null : leftBehind();
    }

    /**
     * What of the last call is still in this frame, which is free and ready: its next call would
     * take it for its own. Null if nothing is; that is so wherever a frame becomes free, and looked
     * at there with assertions on ({@code java -ea:org.cdevgate.gate...}).
     */
    public abstract @Nullable String leftBehind();

    /** Whether the call in flight here has this ticket. */
    final boolean isOf(long ticket, GateRef gate) {
        return (own() & ~EXTRAS) == (gate.inFlight | (ticket & TICKET_NUMBER))
                && ticket == ticket();
    }

    public final boolean isInFlight() {
        return (own() & IN_FLIGHT) != 0;
    }

    final boolean isInFlightIn(GateRef gate) {
        return gate.isIn(own());
    }

    /** The gate of the call in flight; the caller of its verb keeps it reachable meanwhile. */
    protected final @Nullable Object gateEntered() {
        GateRef served = ref; // null before the frame's first call
        return served != null && isInFlight() ? served.get() : null;
    }

    /** Whether no removal waits for the call that is in flight here. */
    protected final boolean isLeftOut() {
        return leftOut == (own() & ~EXTRAS);
    }

    /** Adds to what the end of the call has to look after. */
    public final void add(int extra) {
        extras |= extra; // volatile for scanners; written by one thread only
        if ((own() & EXTRAS) == 0) {
            PUBLISHED.setRelease(this, own() | EXTRAS);
        }
    }

    public final boolean hasExtras() {
        return (own() & EXTRAS) != 0;
    }

    public final boolean has(int extra) {
        return (extras & extra) != 0;
    }

    public final void clearExtras() {
        if (extras != 0) {
            extras = 0;
        }
    }

    /** {@link #leftBehind()} of this class. */
    protected final @Nullable String extrasLeftBehind() {
        return extras == 0 && verb == ENTERED
                ? null
                : "a free frame has " + verbInFlight() + " with extras " + extras;
    }

    /** Gives the call a start time. */
    public final void stamp(long nanoTime) {
        START.setOpaque(this, nanoTime);
        add(STAMPED);
    }

    /** Whether this is one of the calls that {@code SAMPLED} makes events of. */
    public final boolean isSample() {
        return (own() & NUMBER) % (SAMPLE_EVERY * NEXT_NUMBER) == 0;
    }

    // counting: the number of a call counts it; those of other verbs than ENTERED have a count too

    public final void countVerb() {
        if (verb != ENTERED) {
            COUNTS.setOpaque(counts, verb, counts[verb] + 1);
        }
    }

    /** The call is not to be counted: its gate was being removed, or counts nothing. */
    public final void uncount() {
        BASE.setOpaque(this, base + NEXT_NUMBER);
    }

    /** What this frame has counted for the gate and not handed over. Any thread. */
    public final long counted(GateRef gate, int ofVerb) {
        if (REF.getAcquire(this) != gate) {
            return 0;
        }
        long count = ofVerb == ENTERED ? countedEntered() : (long) COUNTS.getOpaque(counts, ofVerb);
        return REF.getAcquire(this) == gate ? count : 0;
    }

    private long countedEntered() {
        long sum = ((published() & TICKET_NUMBER) - (long) BASE.getOpaque(this)) / NEXT_NUMBER;
        for (int each = 0; each < counts.length; each++) {
            sum -= (long) COUNTS.getOpaque(counts, each);
        }
        return Math.max(0, sum); // the parts were read one after the other
    }

    /** Gives the counts of this frame and those nested in it to their gates; no call is there. */
    final void handOverCounts() {
        for (CallFrame each = this; each != null; each = each.innerOrNull()) {
            each.handOverOwnCounts();
            BASE.setOpaque(each, each.own() & TICKET_NUMBER);
        }
    }

    private void handOverOwnCounts() {
        if (ref != null) {
            ref.count(ENTERED, countedEntered());
            for (int each = 0; each < counts.length; each++) {
                ref.count(each, counts[each]);
                COUNTS.setOpaque(counts, each, 0L);
            }
        }
    }

    // any thread

    /** By a remover: the end of the call, if it is of the gate, shall look for waiting ones. */
    public final void watchEnd(GateRef gate) {
        long seen = published();
        if (gate.isIn(seen) && (seen & EXTRAS) == 0) {
            PUBLISHED.compareAndSet(this, seen, seen | EXTRAS);
        }
    }

    /** What this frame publishes now. */
    public final long published() {
        return (long) PUBLISHED.getVolatile(this);
    }

    /** Whether the call that published this is still in flight. */
    public final boolean isStill(long seen) {
        return ((published() ^ seen) & ~EXTRAS) == 0;
    }

    /** The gate of the call that is in flight, or null; for scanners. */
    public final @Nullable Object gateInFlight() {
        GateRef served = (GateRef) REF.getAcquire(this);
        return served != null && served.isIn(published()) ? served.get() : null;
    }

    public final Verb verbInFlight() {
        return Verb.of(verb);
    }

    /** The ticket of the call that is or was in flight here last. */
    public final long ticketInFlight() {
        return ticket(published());
    }

    /** Whether a removal has to wait for this frame. */
    public final boolean isCountedIn(GateRef gate) {
        long seen = published();
        return gate.isIn(seen) && leftOut != (seen & ~EXTRAS);
    }

    /** Whether the call of a ticket, of {@link #ticket} or {@link #verbTicket}, is in flight. */
    public final boolean isInFlight(long ticket, GateRef gate) {
        return isOf(published(), ticket, gate);
    }

    /** {@link #isInFlight(long, GateRef)} at the time when the frame published this. */
    final boolean isOf(long seen, long ticket, GateRef gate) {
        return gate.isIn(seen) && ticket(seen) == (ticket & ~VERB_TICKET);
    }

    /**
     * Leaves a call out of every removal's count: it has said that it touches nothing that the
     * teardown frees.
     *
     * <p>What a call publishes names it alone: after its gate's flag no number comes again in it,
     * but to calls of the library's own, and their next after 2<sup>28</sup> others finds this
     * taken back. So it does no harm to leave out one that has ended. Harm would be done by
     * replacing what names a later call, whose thread may wait for who has left that out. The value
     * that is replaced here was read before the call was seen in flight; whatever names a later one
     * is written after that, and the compare-and-set fails.
     *
     * @param seen what it published
     */
    public final void leaveOut(long seen) {
        long name = seen & ~EXTRAS;
        boolean done = false;
        while (!done) {
            long before = leftOut;
            done = !isStill(name) || LEFT_OUT.compareAndSet(this, before, name);
        }
    }

    public final boolean isStamped() {
        return (extras & STAMPED) != 0;
    }

    public final long start() {
        return (long) START.getOpaque(this);
    }
}
