package org.cdevgate.internal;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A wait that an interrupt does not end, and that says what it waits for when it takes long, as the
 * drain of a gate does: after a threshold, and again each time that as much as was waited has
 * passed.
 */
public final class SlowWait {
    /** Who waits on a monitor looks again by himself, see {@link Waits}. */
    private static final long LOOK_AGAIN_MILLIS = 1_000;

    /** A report names so many. */
    private static final int NAMED = 100;

    /** How long a wait may take before it is reported, where nobody has said otherwise. */
    public static final Duration THRESHOLD = Duration.ofSeconds(10);

    private SlowWait() {}

    /**
     * Something that keeps a wait from ending.
     *
     * @param what for people
     * @param thread that runs it, for its stack; null if there is none
     */
    public record Culprit(String what, @Nullable Thread thread) {}

    /**
     * Waits on a monitor, which this thread must not hold, until it is told that a condition does
     * not hold any more. An interrupt that comes meanwhile stays set.
     *
     * @param monitor held while the condition is looked at and the culprits are asked for, and not
     *     while the report is written
     * @param condition as long as which it waits
     * @param thresholdNanos until the first report
     * @param waiter who waits for what, for the report: "work queue w of d waits for its end"
     * @param culprits what is waited for now
     */
    public static void whileTrue(
            Object monitor,
            BooleanSupplier condition,
            long thresholdNanos,
            Logger log,
            String waiter,
            Supplier<? extends List<Culprit>> culprits) {
        try {
            whileTrue(monitor, condition, thresholdNanos, log, waiter, culprits, false);
        } catch (InterruptedException e) {
            throw new AssertionError("no interrupt ends this", e);
        }
    }

    /**
     * {@link #whileTrue}, but an interrupt ends it.
     *
     * @throws InterruptedException if this thread is interrupted
     */
    public static void whileTrueInterruptibly(
            Object monitor,
            BooleanSupplier condition,
            long thresholdNanos,
            Logger log,
            String waiter,
            Supplier<? extends List<Culprit>> culprits)
            throws InterruptedException {
        whileTrue(monitor, condition, thresholdNanos, log, waiter, culprits, true);
    }

    private static void whileTrue(
            Object monitor,
            BooleanSupplier condition,
            long thresholdNanos,
            Logger log,
            String waiter,
            Supplier<? extends List<Culprit>> culprits,
            boolean interruptible)
            throws InterruptedException {
        long start = System.nanoTime();
        long next = thresholdNanos;
        boolean interrupted = false;
        try {
            while (true) {
                List<Culprit> late = null;
                synchronized (monitor) {
                    while (late == null) {
                        if (!condition.getAsBoolean()) {
                            return;
                        }
                        long left = next - (System.nanoTime() - start);
                        if (left <= 0) {
                            late = culprits.get();
                        } else {
                            interrupted |= waitFor(monitor, left, interruptible);
                        }
                    }
                }
                long waited = System.nanoTime() - start;
                next = 2 * waited;
                report(log, waiter, waited, late);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @SuppressWarnings("WaitNotInLoop") // it is in the caller's
    private static boolean waitFor(Object monitor, long nanos, boolean interruptible)
            throws InterruptedException {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
        try {
            monitor.wait(Math.min(millis, LOOK_AGAIN_MILLIS));
            return false;
        } catch (InterruptedException e) {
            if (interruptible) {
                throw e;
            }
            return true;
        }
    }

    static void report(Logger log, String waiter, long waited, List<Culprit> culprits) {
        try {
            log.warn("{} after {}:\n{}", waiter, seconds(waited), text(culprits));
        } catch (Throwable e) {
            Reports.error(log, "{}; the report of that failed", waiter, e);
        }
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    /** For people: a line for each, with the stack of its thread. */
    public static String text(List<Culprit> culprits) {
        StringBuilder text = new StringBuilder();
        for (Culprit each : culprits.subList(0, Math.min(NAMED, culprits.size()))) {
            text.append("  ").append(each.what());
            if (each.thread() != null) {
                text.append(", thread ").append(each.thread().getName());
            }
            text.append('\n');
            if (each.thread() != null && each.thread() != Thread.currentThread()) {
                for (StackTraceElement frame : each.thread().getStackTrace()) {
                    text.append("    at ").append(frame).append('\n');
                }
            }
        }
        if (culprits.size() > NAMED) {
            text.append("  and ").append(culprits.size() - NAMED).append(" more\n");
        }
        return text.toString();
    }
}
