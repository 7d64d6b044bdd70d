package org.cdevgate.gate.stress.workload;

import java.util.SplittableRandom;

/**
 * The random decisions of one step of one thread. They follow from the seed, the thread's number
 * and the step's alone: what a step decides does not depend on how the steps before it went. For
 * one thread.
 */
public final class Dice {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final SplittableRandom random;

    private Dice(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The decisions of a step. */
    public static Dice of(long seed, int worker, long step) {
        return new Dice(mix(mix(seed + GOLDEN * (worker + 1)) + GOLDEN * step));
    }

    // The finalizer of MurmurHash3: neighbouring steps must not give similar decisions.
    private static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }

    /** 0 to {@code bound} - 1. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** 0 to {@code bound} - 1. */
    public long below(long bound) {
        return random.nextLong(bound);
    }

    /** True once in {@code n} times. */
    public boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    /** Any bits. */
    public long bits() {
        return random.nextLong();
    }
}
