package org.cdevgate.gate.stress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Where two actors meet before each round of a race that only some ten nanoseconds decide. On a
 * machine that has other things to do, chance brings both there together once in a million times.
 */
public final class Meeting {
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SPINS = 100;

    // Each word on lines of its own: it is the way between caches that takes time.
    private static final int FIRST = 16;
    private static final int SECOND = 32;
    private final long[] words = new long[48];

    // Written by one actor each, and read by no other.
    private boolean firstIsAlone;
    private boolean secondIsAlone;

    /**
     * The first actor comes to a round.
     *
     * @param round 1, 2, 3 and so on
     */
    public void first(long round) {
        firstIsAlone = firstIsAlone || !meet(FIRST, SECOND, round);
    }

    /**
     * The second actor comes to a round.
     *
     * @param round 1, 2, 3 and so on
     */
    public void second(long round) {
        secondIsAlone = secondIsAlone || !meet(SECOND, FIRST, round);
    }

    /**
     * Waits a little for the other; one that does not come is not running now, and is not waited
     * for again here, so that not every round costs a time slice.
     *
     * @return whether it came
     */
    private boolean meet(int own, int other, long round) {
        WORDS.setVolatile(words, own, round);
        for (int i = 0; i < SPINS; i++) {
            if ((long) WORDS.getVolatile(words, other) >= round) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }
}
