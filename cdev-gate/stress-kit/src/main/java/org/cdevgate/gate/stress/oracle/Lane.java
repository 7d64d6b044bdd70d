package org.cdevgate.gate.stress.oracle;

/**
 * Numbers the threads of a run from 0, so that each can keep counts which no other thread writes.
 */
public final class Lane {
    static final int NONE = -1;

    private static final ThreadLocal<Integer> CURRENT = ThreadLocal.withInitial(() -> NONE);

    private Lane() {}

    /** Gives the current thread its number; no two threads of a run may have the same. */
    public static void take(int number) {
        CURRENT.set(number);
    }

    static int current() {
        return CURRENT.get();
    }
}
