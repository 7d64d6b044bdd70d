package org.cdevgate.gate.stress.twins;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The step on which the real gate rests, reduced to two words: one thread's frame, in which it
 * publishes the number of the gate that it enters, and the number up to which gates are being
 * removed. Caller and remover go through one gate after the other, each gate once, and meet before
 * each.
 *
 * <p>Meeting matters. Both have to take the step within some ten nanoseconds of each other, and on
 * a machine that has other things to do chance sees to that once in a million times.
 */
abstract class OneFrame {
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    private static final int GATES = 64;
    private static final int SPINS = 100;

    // Each word on lines of its own: it is the way between caches that takes time.
    private static final int PUBLISHED = 16;
    private static final int REMOVING = 32;
    private static final int CALLER = 48;
    private static final int REMOVER = 64;
    private final long[] words = new long[80];

    private final boolean[] flagSeen = new boolean[GATES + 1];
    private final boolean[] callSeen = new boolean[GATES + 1];

    /** Publishes the call. */
    abstract void publish(VarHandle handle, long[] array, int index, long gate);

    /** One actor: publishes a call and looks at the flag, gate after gate. */
    final void enterAll() {
        boolean together = true;
        for (int gate = 1; gate <= GATES; gate++) {
            together = together && meet(CALLER, REMOVER, gate);
            publish(WORDS, words, PUBLISHED, gate);
            flagSeen[gate] = (long) WORDS.getVolatile(words, REMOVING) >= gate;
        }
    }

    /** The other: sets the flag and looks for a call, gate after gate. */
    final void removeAll() {
        boolean together = true;
        for (int gate = 1; gate <= GATES; gate++) {
            together = together && meet(REMOVER, CALLER, gate);
            WORDS.setVolatile(words, REMOVING, (long) gate);
            callSeen[gate] = (long) WORDS.getVolatile(words, PUBLISHED) >= gate;
        }
    }

    /**
     * Waits a little for the other; one that does not come is not running now, and is not waited
     * for again here, so that not every gate costs a time slice.
     *
     * @return whether it came
     */
    private boolean meet(int own, int other, long gate) {
        WORDS.setVolatile(words, own, gate);
        for (int i = 0; i < SPINS; i++) {
            if ((long) WORDS.getVolatile(words, other) >= gate) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** After both: whether in some gate neither saw the other. */
    final boolean isUseAfterFree() {
        for (int gate = 1; gate <= GATES; gate++) {
            if (!flagSeen[gate] && !callSeen[gate]) {
                return true;
            }
        }
        return false;
    }
}
