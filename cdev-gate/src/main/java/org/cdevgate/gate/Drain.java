package org.cdevgate.gate;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.cdevgate.internal.Reports;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread's wait for a removal: how long, whether an interrupt ends it, when it is time for a
 * warning.
 *
 * <p>A call that ends unparks the waiter if it sees one. It may miss it, because exit is a release
 * store with no fence behind it (that fence would cost every call); so the waiter also looks again
 * by itself, after at most {@link #LONGEST_PARK}.
 */
final class Drain {
    /** A limit that is none. */
    static final long FOREVER = Long.MAX_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(FopsGate.class);
    private static final int SPINS = 200;
    private static final long SHORTEST_PARK = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long LONGEST_PARK = TimeUnit.MILLISECONDS.toNanos(1);

    private final boolean interruptible;
    private final boolean timed;
    private final long start = System.nanoTime();
    private final long deadline;
    private long nextWarning;
    private boolean warned;
    private boolean interrupted;
    private boolean endedByInterrupt;

    /**
     * A wait that has begun.
     *
     * @param timeoutNanos how long to wait in all, or {@link #FOREVER}
     * @param interruptible whether an interrupt ends it
     */
    Drain(long timeoutNanos, boolean interruptible) {
        this.interruptible = interruptible;
        this.timed = timeoutNanos != FOREVER;
        this.deadline = timed ? start + timeoutNanos : 0;
    }

    /**
     * Waits for a condition that gets true without missing it for long.
     *
     * @param what for the warning that a slow wait logs
     * @return false if the time is over or an interrupt ended it
     */
    boolean await(FopsGate gate, BooleanSupplier condition, String what) {
        long park = SHORTEST_PARK;
        for (int spin = 0; !condition.getAsBoolean(); spin++) {
            if (spin < SPINS) {
                Thread.onSpinWait();
                continue;
            }
            long now = System.nanoTime();
            if (timed && now - deadline >= 0) {
                return false;
            }
            warnIfSlow(gate, what, now);
            if (Thread.interrupted()) {
                interrupted = true;
                if (interruptible) {
                    endedByInterrupt = true;
                    return false;
                }
            }
            // Not interrupted any more, or parkNanos would return at once.
            LockSupport.parkNanos(this, park);
            park = Math.min(park * 2, LONGEST_PARK);
        }
        return true;
    }

    /**
     * After the threshold of the gate that is waited for, and again each time that as much as was
     * waited has passed. The wait goes on, whether that can be told or not.
     */
    private void warnIfSlow(FopsGate gate, String what, long now) {
        long waited = now - start;
        if (waited < (warned ? nextWarning : gate.slowDrainNanos())) {
            return;
        }
        try {
            if (!gate.removal().slow(what, waited)) {
                return;
            }
        } catch (Throwable e) { // no thread, or no memory for one
            Reports.error(
                    LOG, "{} waits long; its report() tells for what, for that failed", gate, e);
        }
        warned = true;
        nextWarning = 2 * waited;
    }

    /** Whether an interrupt, and not the time, ended the last wait. */
    boolean isEndedByInterrupt() {
        return endedByInterrupt;
    }

    /** Nanoseconds since it began. */
    long waited() {
        return System.nanoTime() - start;
    }

    /** Keeps an interrupt from reaching callbacks that now run on this thread. */
    void holdBackInterrupt() {
        interrupted |= Thread.interrupted();
    }

    /** Gives the thread back the interrupt that came while it waited. */
    void finish() {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
