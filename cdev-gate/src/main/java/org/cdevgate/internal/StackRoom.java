package org.cdevgate.internal;

/**
 * Room on the calling thread's stack for what must not be cut short by its end. A step that takes
 * something which others wait for (a sleeper off its queue, the role of a remover, a lock of a
 * driver's) first looks whether there is room, and fails before it has begun if there is none.
 *
 * <p>What comes afterwards from frames that are not deeper by more than that cannot meet a {@link
 * StackOverflowError}. Calls that may be made at any depth by the million, the verbs, have no need
 * of this: see CallFrame.
 */
public final class StackRoom {
    /** Levels of at least 100 bytes in compiled and 150 in interpreted code. */
    private static final int LEVELS = 80;

    /** What linking a lambda takes, with a few of its JDK's own classes loaded on the way. */
    private static final int LEVELS_TO_LINK = 8 * LEVELS;

    private StackRoom() {}

    /**
     * Returns if there is room for some 8 KiB of frames. Costs a tenth of a microsecond or two, and
     * allocates nothing.
     *
     * @throws StackOverflowError if there is none; nothing has happened then
     */
    public static void require() {
        descend(LEVELS, 1, 2, 3, 4, 5, 6, 7, 8);
    }

    /**
     * {@link #require} for a step that has lambdas in it and is rare: there is room for some 64
     * KiB. A lambda is linked with its first use, and newer JDKs remember a failure of that: met at
     * the end of one stack it would stay broken for every later call on every thread.
     *
     * @throws StackOverflowError if there is none; nothing has happened then
     */
    public static void requireToLink() {
        descend(LEVELS_TO_LINK, 1, 2, 3, 4, 5, 6, 7, 8);
    }

    /** All are used after the inner call, so each has its place in the frame. */
    private static long descend(
            int left, long a, long b, long c, long d, long e, long f, long g, long h) {
        if (left == 0) {
            return a;
        }
        long inner = descend(left - 1, b, c, d, e, f, g, h, a);
        return inner + a + b + c + d + e + f + g + h;
    }
}
