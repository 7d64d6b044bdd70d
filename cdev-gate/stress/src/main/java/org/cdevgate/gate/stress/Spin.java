package org.cdevgate.gate.stress;

/** Lets an actor be late by a moment of another length for each object, so that races shift. */
public final class Spin {
    private Spin() {}

    /**
     * Spins.
     *
     * @param most turns, a power of two; one takes some nanoseconds to some tens of them
     * @param seed the same object, the same number of turns
     */
    public static void upTo(int most, Object seed) {
        int turns = System.identityHashCode(seed) & most - 1;
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }
}
