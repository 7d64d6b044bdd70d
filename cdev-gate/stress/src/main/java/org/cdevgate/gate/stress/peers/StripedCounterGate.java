package org.cdevgate.gate.stress.peers;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counters as the kernel's SRCU has them: each processor's share of the enters and of the exits is
 * counted on a cache line of its own, under one of two indices; the remover flips the index and
 * waits until both sums of the old one are equal.
 *
 * <pre>
 *   enter:  i = index                            remove:  removing = true
 *           entered[i][mine]++                            index = 1 - i
 *           if (removing) exited[i][mine]++; refuse       wait until
 *   exit:   exited[i][same]++                                 x = sum of exited[i]
 *                                                             x == sum of entered[i]
 * </pre>
 *
 * <p><b>Correct</b>: all are volatile accesses, in one order. A call that reads the flag unset
 * counted its enter before the flag was set, and read the index before that. So whoever may be
 * inside is counted under the old index before the remover sums, and no further call of that index
 * is admitted. <b>The exits are summed first</b>: their sum is at most the number of exits at the
 * moment between the two sums, and the sum of the enters is at least the number of enters at that
 * moment; if they are equal, nobody was inside then, and nobody gets in later. Summed the other way
 * round, a refused caller that comes and goes between the sums hides one that is inside. Callers
 * that are refused after the flip count under the new index, which nobody waits for; so they cannot
 * hold up the remover, though one that read the index before may disturb it once.
 *
 * <p><b>Costs</b> two atomic additions to a line that is the thread's own while there are more
 * stripes than threads that collide; 128 bytes for each stripe of each device.
 *
 * <p><b>Cannot keep</b>: a ticket is a place to count, so a second or foreign exit corrupts the
 * count (promise 12); removal from inside a call deadlocks (9); a report can say how many calls are
 * in flight, not which (10); there is nothing to wake a sleeper with (5, 6).
 */
public final class StripedCounterGate implements RemovableGate {
    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);

    /** Longs of a stripe: two cache lines, because processors fetch them in pairs. */
    private static final int STRIPE = 16;

    private static final int STRIPES =
            Math.max(16, Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 8);

    /** In a stripe: the enters of index 0, its exits, the enters of index 1, its exits. */
    private static final int EXITED = 1;

    private static final int NEXT_INDEX = 2;

    // The first stripe is not used: it keeps what lies before the array off the counters, and so no
    // ticket is 0.
    private final long[] counts = new long[(STRIPES + 1) * STRIPE];
    private final Teardown teardown;
    private volatile int index;
    private volatile boolean removing;

    public StripedCounterGate(Runnable teardown) {
        this.teardown = new Teardown(teardown);
    }

    @Override
    public long enter() {
        // Ids are given in turn, so threads that were made together do not meet in a stripe.
        int stripe = ((int) Thread.currentThread().getId() & (STRIPES - 1)) + 1;
        int slot = stripe * STRIPE + index * NEXT_INDEX;
        COUNTS.getAndAdd(counts, slot, 1L);
        if (removing) {
            leave(slot);
            return 0;
        }
        return slot;
    }

    @Override
    public void exit(long ticket) {
        if (ticket < STRIPE) {
            throw new IllegalArgumentException("ticket " + ticket + " is not of enter()");
        }
        leave((int) ticket);
    }

    private void leave(int slot) {
        COUNTS.getAndAdd(counts, slot + EXITED, 1L);
        if (removing) {
            teardown.callLeft();
        }
    }

    @Override
    public boolean unregisterSync() {
        if (!teardown.claim()) {
            teardown.awaitFinished();
            return false;
        }
        removing = true;
        index = 1;
        teardown.runWhen(this::isDrained);
        return true;
    }

    private boolean isDrained() {
        long exited = sum(EXITED);
        return exited == sum(0);
    }

    private long sum(int offset) {
        long sum = 0;
        for (int slot = STRIPE + offset; slot < counts.length; slot += STRIPE) {
            sum += (long) COUNTS.getVolatile(counts, slot);
        }
        return sum;
    }
}
