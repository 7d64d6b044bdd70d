package org.cdevgate.fuse.faults;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * How long the suite waits for what has to happen. No promise about speed: only that something that
 * hangs is found to hang, also on a machine that has other work.
 */
public final class Limits {
    /** For anything. */
    public static final Duration ANSWER =
            Duration.ofSeconds(Integer.getInteger("faults.limit", 30));

    /** For what has very many parts: a hundred thousand open files. */
    public static final Duration MANY_ANSWERS = ANSWER.multipliedBy(6);

    private static final long PAUSE_MILLIS = 1;

    private Limits() {}

    /** Waits for a condition; false if it does not hold when the limit is over. */
    public static boolean await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + ANSWER.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        return true;
    }
}
