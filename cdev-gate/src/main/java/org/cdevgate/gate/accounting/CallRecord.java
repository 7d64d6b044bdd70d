package org.cdevgate.gate.accounting;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.cdevgate.gate.calls.Verb;
import org.jspecify.annotations.Nullable;

/**
 * The calls that one thread has in flight, of all gates: a chain of {@link CallFrame}s, outermost
 * first. A thread that never calls through a gate has none. {@link CallRecords} knows who has
 * which.
 */
public final class CallRecord extends CallPadding {
    // A ticket: a bit that is 0 for a call entered by hand, the frame's depth (11 bits), the
    // record's number (20 bits), the number of the call in the frame, where the frame has it.
    private static final int TICKET_RECORD_SHIFT = 32;
    private static final int TICKET_DEPTH_SHIFT = 52;
    static final long TICKET_DEPTH = 1L << TICKET_DEPTH_SHIFT;
    private static final long MOST_RECORDS = 1L << (TICKET_DEPTH_SHIFT - TICKET_RECORD_SHIFT);

    /** The owner of a record that has none. */
    public static final Owner NOBODY = new Owner();

    private static final AtomicLong IDS = new AtomicLong();

    private final long number = IDS.getAndIncrement();
    final CallFrame outermost = newFrame((number % MOST_RECORDS) << TICKET_RECORD_SHIFT);
    final WeakReference<CallFrame> reference = new WeakReference<>(outermost);

    /** Written before the record is in the list, then by the one sweeper only. */
    volatile @Nullable CallRecord next;

    volatile boolean retired;

    // Owning thread only.
    boolean ownerIsVirtual;

    CallRecord() {}

    /** Makes the frames of the layer that knows what a call is about. */
    public interface FrameFactory {
        /** A frame of a record, as the constructor of {@link CallFrame} wants it. */
        CallFrame newFrame(CallRecord record, long ticketBits);
    }

    /**
     * Written when the class of the frames is initialized. Not volatile: who comes here has used
     * that class before, so its initialization happens-before.
     */
    private static @Nullable FrameFactory frames;

    /** What all frames are made by; said once, before the first call. */
    public static void frames(FrameFactory factory) {
        frames = factory;
    }

    CallFrame newFrame(long ticketBits) {
        return Objects.requireNonNull(frames, "frames").newFrame(this, ticketBits);
    }

    /** The thread that has a record. */
    public static final class Owner extends WeakReference<Thread> {
        final @Nullable CallRecord record;
        final String name;
        final long threadId;

        private Owner() {
            super(null);
            this.record = null;
            this.name = "?";
            this.threadId = 0;
        }

        Owner(Thread thread, long threadId, CallRecord record, ReferenceQueue<Thread> dead) {
            super(thread, dead);
            this.record = record;
            this.name = thread.getName();
            this.threadId = threadId;
        }
    }

    boolean hasCalls() {
        for (CallFrame call = outermost; call != null; call = call.innerOrNull()) {
            if ((call.published() & CallFrame.IN_FLIGHT) != 0) {
                return true;
            }
        }
        return false;
    }

    public @Nullable CallRecord next() {
        return next;
    }

    public CallFrame outermost() {
        return outermost;
    }

    /** The owning thread, or null if there is none or it has died. */
    public @Nullable Thread thread() {
        return outermost.owner.get();
    }

    /** The name that the owning thread had when it became the owner; "?" if there is none. */
    public String threadName() {
        return outermost.owner.name;
    }

    public boolean isOwnedByCurrentThread() {
        return outermost.owner.refersTo(Thread.currentThread());
    }

    // Owning thread only.

    /** The first frame that has no call. */
    public CallFrame freeFrame() {
        CallFrame call = outermost;
        while (call.isInFlight()) {
            call = call.inner();
        }
        return call;
    }

    /**
     * Publishes a call in a frame that is {@link #freeFrame}; the caller then looks at the gate's
     * flag and takes the call back if it is set.
     *
     * @param verb {@link Verb#index()}
     */
    public void push(CallFrame call, GateRef gate, int verb) {
        call.executes(verb);
        try {
            if (call.tryPublish(gate.free) == 0) {
                call.recover();
                call.serve(gate);
                call.tryPublish(gate.free);
            }
            if (ownerIsVirtual) {
                call.add(CallFrame.VIRTUAL);
            }
        } catch (Throwable e) {
            call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
            throw e;
        }
    }

    /** Takes a call back. */
    public void pop(CallFrame call) {
        call.forget();
        call.takeBack();
        if (ownerIsVirtual) {
            call.makeUnready(); // or a call after others that go on would not come by here
            if (!hasCalls()) {
                CallRecords.giveBack(this);
            }
        }
    }

    /**
     * The call of a ticket, see {@link CallFrame#ticket()}.
     *
     * @throws IllegalStateException if the ticket is not of a call that this thread has in flight
     */
    public CallFrame find(long ticket, GateRef gate) {
        for (CallFrame call = outermost; call != null; call = call.innerOrNull()) {
            if (call.isOf(ticket, gate)) {
                return call;
            }
        }
        throw badTicket(ticket);
    }

    /** What who exits with a ticket of no call gets. */
    public static IllegalStateException badTicket(long ticket) {
        return new IllegalStateException(
                "ticket 0x"
                        + Long.toHexString(ticket)
                        + " is not of a call in flight in this gate on thread "
                        + Thread.currentThread().getName()
                        + ": it was exited already, or entered by another thread; exit once, on"
                        + " the thread that entered");
    }

    /** A call of this thread in a gate, the innermost as a rule, or null. */
    public @Nullable CallFrame innermostIn(GateRef gate) {
        CallFrame innermost = null;
        for (CallFrame call = outermost; call != null; call = call.innerOrNull()) {
            if (call.isInFlightIn(gate)) {
                innermost = call;
            }
        }
        return innermost;
    }

    // Any thread.

    /** Whether the owner, whoever it is, has a call in flight in the gate. */
    public boolean isInside(GateRef gate) {
        for (CallFrame call = outermost; call != null; call = call.innerOrNull()) {
            if (call.isCountedIn(gate)) {
                return true;
            }
        }
        return false;
    }

    /** {@link #isInside}, or in a call there that the removal does not wait for. */
    public boolean isIn(GateRef gate) {
        for (CallFrame call = outermost; call != null; call = call.innerOrNull()) {
            if (gate.isIn(call.published())) {
                return true;
            }
        }
        return false;
    }
}
