package org.cdevgate.fuse.session;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.jspecify.annotations.Nullable;

/**
 * Which calls of a device were seen to take long, without parking their thread: such a call gives
 * its role to another worker before it begins, because whoever calls another device would wait for
 * it, and for all of its kind that came before. Whoever has devices makes one for each, and names
 * it with each call; see {@link Exchange#entering}.
 *
 * <p>Calls that are taken for quick are not measured. The monitor marks the one that it meets in
 * each of its rounds, and if that takes long from then on, all calls with its opcode are slow. Slow
 * ones are measured, and are taken for quick again after so many quick ones in a row. Both may err,
 * for one, because a thread may have waited for a processor; it costs a few calls some
 * microseconds.
 *
 * <p>Any thread. Two that count at the same time may lose a count, which is as good.
 */
public final class Pace {
    /** What is slow: some times what handing a role over takes. */
    static final long SLOW_NANOS = 200_000;

    /** Quick calls in a row. */
    static final int QUICK_CALLS = 64;

    /** How many quick calls are missing until those with this opcode are taken for quick. */
    private volatile @Nullable AtomicIntegerArray
            missing; // null: all are quick, as of most devices

    /** Of a device of which nothing is known. */
    public Pace() {}

    /** Whether calls with an opcode were seen to take long. */
    boolean isSlow(FuseOpcode opcode) {
        AtomicIntegerArray known = missing;
        return known != null && known.get(opcode.number()) > 0;
    }

    /** A call took long, or still does. */
    void foundSlow(FuseOpcode opcode) {
        AtomicIntegerArray known = missing;
        if (known == null) {
            known = new AtomicIntegerArray(FuseOpcode.NUMBERS);
            missing = known; // another thread's, if it was faster, is forgotten with its one call
        }
        known.set(opcode.number(), QUICK_CALLS);
    }

    /** How long a call took that was taken for slow. */
    void took(FuseOpcode opcode, long nanos) {
        AtomicIntegerArray known = missing;
        if (nanos >= SLOW_NANOS) {
            foundSlow(opcode);
        } else if (known != null && known.get(opcode.number()) > 0) {
            known.decrementAndGet(opcode.number());
        }
    }
}
