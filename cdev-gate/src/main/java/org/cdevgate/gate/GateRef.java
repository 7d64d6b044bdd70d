package org.cdevgate.gate;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the frames of threads know of a gate: its number, which a frame publishes while a call is in
 * flight, and where the frame's counts go. A frame keeps the one of the gate it served last, so it
 * must not keep the gate itself (and with it the driver) from being collected.
 *
 * <p>A number is published rather than the gate, because storing a reference costs what the garbage
 * collector wants to know of it, a fence included.
 */
final class GateRef extends WeakReference<FopsGate> {
    private static final AtomicLong IDS = new AtomicLong();

    /** 1 or more; never used again. */
    final long id = IDS.incrementAndGet();

    private final LongAdder[] calls = new LongAdder[Verb.COUNT];

    GateRef(FopsGate gate) {
        super(gate);
        for (int verb = 0; verb < calls.length; verb++) {
            calls[verb] = new LongAdder();
        }
    }

    /** Takes over what a frame has counted. */
    void count(int verb, long more) {
        calls[verb].add(more);
    }

    /** What frames have handed over; those that serve the gate now have more. */
    long counted(int verb) {
        return calls[verb].sum();
    }
}
