package org.cdevgate.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until no call is in flight in a gate whose flag is set, by walking the {@link CallRecord}s.
 *
 * <p>A record seen without a call of the gate stays so: a later enter publishes itself, sees the
 * flag and takes itself back without having run anything. So one pass that waits at each record is
 * enough.
 *
 * <p>A call that ends unparks the waiter if it sees one. It may miss it, because exit is a release
 * store with no fence behind it (that fence would cost every call); so the waiter also looks again
 * by itself, after at most {@link #LONGEST_PARK}.
 */
final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final int SPINS = 200;
    private static final long SHORTEST_PARK = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long LONGEST_PARK = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Duration FIRST_WARNING = Duration.ofSeconds(10);

    private final FopsGate gate;
    private final boolean interruptible;
    private final boolean timed;
    private final long deadline;
    private long nextWarning = System.nanoTime() + FIRST_WARNING.toNanos();
    private long warnEvery = FIRST_WARNING.toNanos();
    private boolean interrupted;

    /**
     * An interrupt ends a wait only if it is limited.
     *
     * @param timeoutNanos how long to wait in all, or {@link Long#MAX_VALUE}
     */
    Drain(FopsGate gate, long timeoutNanos) {
        this.gate = gate;
        this.interruptible = timeoutNanos != Long.MAX_VALUE;
        this.timed = timeoutNanos != Long.MAX_VALUE;
        this.deadline = timed ? System.nanoTime() + timeoutNanos : 0;
    }

    /** Waits for the calls, hook excepted; false if the time is over. */
    boolean awaitCalls(WakeHookRunner hook) {
        for (CallRecord record = CallRecord.head(); record != null; record = record.next()) {
            CallRecord each = record;
            if (!await(
                    () -> !each.isInside(gate) || (hook != null && each == hook.record()),
                    "calls in flight")) {
                return false;
            }
        }
        return true;
    }

    /** Whether a call is in flight in the gate now, those of one record excepted. */
    static boolean isAnyCallIn(FopsGate gate, CallRecord except) {
        for (CallRecord record = CallRecord.head(); record != null; record = record.next()) {
            if (record != except && record.isInside(gate)) {
                return true;
            }
        }
        return false;
    }

    /** Waits for a condition that gets true without missing it for long; false if time is over. */
    boolean await(BooleanSupplier condition, String what) {
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
            if (now - nextWarning >= 0) {
                warnEvery *= 2;
                nextWarning = now + warnEvery;
                LOG.warn(
                        "{} still waits for {}:\n{}",
                        gate,
                        what,
                        CallInFlight.describe(callsIn(gate)));
            }
            if (Thread.interrupted()) {
                interrupted = true;
                if (interruptible) {
                    return false;
                }
            }
            // Not interrupted any more, or parkNanos would return at once.
            LockSupport.parkNanos(this, park);
            park = Math.min(park * 2, LONGEST_PARK);
        }
        return true;
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

    static List<CallInFlight> callsIn(FopsGate gate) {
        List<CallInFlight> calls = new ArrayList<>();
        for (CallRecord record = CallRecord.head(); record != null; record = record.next()) {
            Thread thread = record.thread();
            for (Call call = record.outermost(); call != null; call = call.innerOrNull()) {
                if (call.published() != gate) {
                    continue;
                }
                Verb verb = call.verb;
                OpenFile file = call.file;
                WaitQueue queue = call.waitingOn();
                // Unchanged after the fields were read: they are of this call, or of a later one
                // of the same gate.
                if (call.published() == gate) {
                    boolean own = file == null || file.gate() == gate;
                    calls.add(
                            new CallInFlight(
                                    verb, own ? file : null, thread, record.threadName(), queue));
                }
            }
        }
        return calls;
    }
}
