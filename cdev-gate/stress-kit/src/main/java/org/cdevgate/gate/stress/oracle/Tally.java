package org.cdevgate.gate.stress.oracle;

import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLongArray;
import org.cdevgate.gate.calls.Verb;

/**
 * Counts the beginnings and ends of each verb of one device.
 *
 * <p>Each thread of the run counts in plain memory of its own, on purpose: what the verbs wrote
 * must be visible to a remover that has returned, so a count that is missing there is a broken
 * promise too; and no fence of this class hides one that the gate lacks. Threads that the run does
 * not know share atomic counters.
 */
final class Tally {
    private static final int VERBS = Verb.values().length;
    private static final int LANE = 2 * VERBS + 8; // 8 longs apart: no line is shared by two lanes

    private final long[] lanes;
    private final AtomicLongArray strangers = new AtomicLongArray(2 * VERBS);

    /**
     * @param threads of the run, numbered by {@link Lane}
     */
    Tally(int threads) {
        lanes = new long[threads * LANE];
    }

    void began(Verb verb) {
        count(index(verb));
    }

    void ended(Verb verb) {
        count(index(verb) + 1);
    }

    @SuppressWarnings("EnumOrdinal") // a map would hide the plain stores that this is about
    private static int index(Verb verb) {
        return 2 * verb.ordinal();
    }

    private void count(int index) {
        int lane = Lane.current();
        if (lane == Lane.NONE) {
            strangers.incrementAndGet(index);
        } else {
            lanes[lane * LANE + index]++;
        }
    }

    private long sum(int index) {
        long sum = strangers.get(index);
        for (int at = index; at < lanes.length; at += LANE) {
            sum += lanes[at];
        }
        return sum;
    }

    long calls() {
        long sum = 0;
        for (Verb verb : Verb.values()) {
            sum += calls(verb);
        }
        return sum;
    }

    long calls(Verb verb) {
        return sum(index(verb));
    }

    /** The verbs that began more often than they ended, or the other way; empty if none. */
    String unbalanced() {
        StringJoiner text = new StringJoiner(", ");
        for (Verb verb : Verb.values()) {
            long began = sum(index(verb));
            long ended = sum(index(verb) + 1);
            if (began != ended) {
                text.add(verb + " began " + began + " and ended " + ended + " times");
            }
        }
        return text.toString();
    }
}
