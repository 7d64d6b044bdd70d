package org.cdevgate.gate;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the frames of threads know of a gate: the id that a frame publishes, and where the frame's
 * counts go. A frame keeps the one of the gate it served last, so it must not keep the gate itself
 * (and with it the driver) from being collected.
 *
 * <p>An id is published rather than the gate, because storing a reference costs what the garbage
 * collector wants to know of it, a fence included.
 */
final class GateRef extends WeakReference<FopsGate> {
    private static final int ID_SHIFT = 33;

    /** Two gates that live at the same time would have to be this many apart to be confused. */
    private static final long MOST_IDS = (1L << (64 - ID_SHIFT)) - 1;

    private static final long ID_AND_IN_FLIGHT = (-1L << ID_SHIFT) | CallFrame.IN_FLIGHT;

    private static final AtomicLong IDS = new AtomicLong();

    /** What a frame of this gate without a call publishes, but for the call's number; not 0. */
    final long free = (1 + IDS.getAndIncrement() % MOST_IDS) << ID_SHIFT;

    /** What a frame with a call publishes, but for the call's number. */
    final long inFlight = free | CallFrame.IN_FLIGHT;

    private final LongAdder[] calls = new LongAdder[Verb.COUNT];

    GateRef(FopsGate gate) {
        super(gate);
        for (int verb = 0; verb < calls.length; verb++) {
            calls[verb] = new LongAdder();
        }
    }

    /** Whether a frame that publishes this has a call of the gate. */
    boolean isIn(long published) {
        return (published & ID_AND_IN_FLIGHT) == inFlight;
    }

    /** Takes over what a frame has counted. */
    void count(int verb, long more) {
        if (more != 0) {
            calls[verb].add(more);
        }
    }

    /** What frames have handed over; those that served the gate last have more. */
    long counted(int verb) {
        return calls[verb].sum();
    }
}
