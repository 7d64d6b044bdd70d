package org.cdevgate.gate.accounting;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.cdevgate.gate.calls.Verb;
import org.jspecify.annotations.Nullable;

/**
 * What the frames of threads know of a gate: the id that a frame publishes, and where the frame's
 * counts go. A frame keeps the one of the gate it served last, so it must not keep the gate itself
 * (and with it the driver) from being collected.
 *
 * <p>An id is published rather than the gate, because storing a reference costs what the garbage
 * collector wants to know of it, a fence included.
 */
public final class GateRef extends WeakReference<Object> {
    private static final int ID_SHIFT = 33;

    /** Two gates that live at the same time would have to be this many apart to be confused. */
    private static final long MOST_IDS = (1L << (64 - ID_SHIFT)) - 1;

    private static final long ID_AND_IN_FLIGHT = (-1L << ID_SHIFT) | CallFrame.IN_FLIGHT;

    /** Where calls are counted that the removal refused: after the verbs. */
    private static final int REFUSED = Verb.COUNT;

    private static final AtomicLong IDS = new AtomicLong();

    private static final VarHandle CALLS;
    private static final VarHandle ADDER = MethodHandles.arrayElementVarHandle(LongAdder[].class);

    static {
        try {
            CALLS = MethodHandles.lookup().findVarHandle(GateRef.class, "calls", LongAdder[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What a frame of this gate without a call publishes, but for the call's number; not 0. */
    public final long free = (1 + IDS.getAndIncrement() % MOST_IDS) << ID_SHIFT;

    /** What a frame with a call publishes, but for the call's number. */
    public final long inFlight = free | CallFrame.IN_FLIGHT;

    // Made when there is something to count, as each adder is: most devices see few verbs. One
    // compare-and-set wins and losers count in the winner's, so no count is lost; acquire and
    // release make an adder of another thread whole. A count carries no other order.
    private volatile @Nullable LongAdder @Nullable [] calls;

    /** Of a gate, which this package knows nothing more of. */
    public GateRef(Object gate) {
        super(gate);
    }

    /** Whether a frame that publishes this has a call of the gate. */
    public boolean isIn(long published) {
        return (published & ID_AND_IN_FLIGHT) == inFlight;
    }

    /** Takes over what a frame has counted. */
    void count(int verb, long more) {
        if (more != 0) {
            adder(verb).add(more);
        }
    }

    /** Counts a call that came after the flag. */
    public void countRefused() {
        adder(REFUSED).increment();
    }

    public long refused() {
        return counted(REFUSED);
    }

    /** What frames have handed over; those that served the gate last have more. */
    public long counted(int verb) {
        @Nullable LongAdder[] made = calls;
        LongAdder adder = made == null ? null : (LongAdder) ADDER.getAcquire(made, verb);
        return adder == null ? 0 : adder.sum();
    }

    private LongAdder adder(int verb) {
        @Nullable LongAdder[] made = calls;
        if (made == null) {
            CALLS.compareAndSet(this, null, new LongAdder[REFUSED + 1]);
            made = calls;
        }
        LongAdder adder = (LongAdder) ADDER.getAcquire(made, verb);
        if (adder == null) {
            LongAdder ours = new LongAdder();
            LongAdder other = (LongAdder) ADDER.compareAndExchange(made, verb, null, ours);
            adder = other == null ? ours : other;
        }
        return adder;
    }
}
