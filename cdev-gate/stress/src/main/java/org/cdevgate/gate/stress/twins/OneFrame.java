package org.cdevgate.gate.stress.twins;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.cdevgate.gate.stress.Meeting;

/**
 * The step on which the real gate rests, reduced to two words: one thread's frame, in which it
 * publishes the number of the gate that it enters, and the number up to which gates are being
 * removed. Caller and remover go through one gate after the other, each gate once, and meet before
 * each.
 */
abstract class OneFrame {
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    private static final int GATES = 64;

    // Each word on lines of its own: it is the way between caches that takes time.
    private static final int PUBLISHED = 16;
    private static final int REMOVING = 32;
    private final long[] words = new long[48];

    private final Meeting meeting = new Meeting();

    private final boolean[] flagSeen = new boolean[GATES + 1];
    private final boolean[] callSeen = new boolean[GATES + 1];

    /** Publishes the call. */
    abstract void publish(VarHandle handle, long[] array, int index, long gate);

    /** One actor: publishes a call and looks at the flag, gate after gate. */
    final void enterAll() {
        for (int gate = 1; gate <= GATES; gate++) {
            meeting.first(gate);
            publish(WORDS, words, PUBLISHED, gate);
            flagSeen[gate] = (long) WORDS.getVolatile(words, REMOVING) >= gate;
        }
    }

    /** The other: sets the flag and looks for a call, gate after gate. */
    final void removeAll() {
        for (int gate = 1; gate <= GATES; gate++) {
            meeting.second(gate);
            WORDS.setVolatile(words, REMOVING, (long) gate);
            callSeen[gate] = (long) WORDS.getVolatile(words, PUBLISHED) >= gate;
        }
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
