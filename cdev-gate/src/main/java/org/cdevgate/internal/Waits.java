package org.cdevgate.internal;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits that an interrupt does not end, and times of any length. */
public final class Waits {
    /** The longest time but for ever: 292 years. */
    public static final long LONGEST_NANOS = Long.MAX_VALUE - 1;

    /** Who should have told this thread may have had no stack left to do it. */
    private static final long LOOK_AGAIN_MILLIS = 1_000;

    private Waits() {}

    /**
     * Waits on a monitor that this thread holds, until it is told, or for a second; an interrupt
     * that comes meanwhile stays set.
     *
     * @param condition looked at with the monitor held
     */
    public static void whileTrue(Object monitor, BooleanSupplier condition) {
        boolean interrupted = false;
        while (condition.getAsBoolean()) {
            try {
                monitor.wait(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nanoseconds of a duration, 0 if it is negative, and 292 years if it is longer. */
    public static long nanos(Duration duration) {
        try {
            return Math.max(0, duration.toNanos());
        } catch (ArithmeticException e) {
            return duration.isNegative() ? 0 : LONGEST_NANOS;
        }
    }
}
