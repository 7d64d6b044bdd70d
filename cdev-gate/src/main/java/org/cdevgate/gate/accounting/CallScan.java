package org.cdevgate.gate.accounting;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.cdevgate.gate.calls.Verb;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the calls in flight in a gate by walking the {@link CallRecord}s.
 *
 * <p>Once the gate's flag is set, a record seen without a call of the gate stays so: a later enter
 * publishes itself, sees the flag and takes itself back without having run anything. So one pass
 * that waits at each record is enough.
 */
public final class CallScan {
    private CallScan() {}

    /** How a remover waits. */
    public interface Wait {
        /** Waits until the condition holds; false if the wait ended early. */
        boolean until(BooleanSupplier condition);
    }

    /**
     * Waits until no call is in flight.
     *
     * @param except a record to pass over; gives null if there is none
     * @return false if the wait ended early
     */
    public static boolean awaitNone(GateRef ref, Supplier<@Nullable CallRecord> except, Wait wait) {
        for (CallRecord record = CallRecords.head(); record != null; record = record.next()) {
            if (!record.isInside(ref)) {
                continue;
            }
            CallRecord each = record;
            if (!wait.until(() -> !each.isInside(ref) || each == except.get())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Has the calls inside look again whether they may sleep, each wherever its thread sleeps; for
     * a gate that has just become sleepless.
     *
     * <p>None sleeps on. A thread publishes its call, and reads the gate's state before it parks,
     * in whatever gate that is; the remover changes the state and then reads what is published. All
     * four are synchronization actions: either the thread sees the change and does not park, or the
     * remover sees the call and unparks the thread, before it parks or after. Between that look and
     * the park the thread runs nothing that could use up the permit. A callback is in the place of
     * a sleep: its call publishes it and then reads the states, and here the state is changed
     * before callbacks are read. A thread that is running gets a permit for nothing, so that its
     * next park may return at once, as each may.
     *
     * @param callbacks is shown each record inside, and collects its callbacks
     */
    public static void wakeInside(GateRef ref, Consumer<CallRecord> callbacks) {
        for (CallRecord record = CallRecords.head(); record != null; record = record.next()) {
            if (record.isIn(ref)) { // a call that is left out does not sleep on in its own gate
                callbacks.accept(record);
                LockSupport.unpark(record.thread());
            }
        }
    }

    /** Whether a call is in flight now, those of one record excepted. */
    public static boolean isAny(GateRef ref, @Nullable CallRecord except) {
        for (CallRecord record = CallRecords.head(); record != null; record = record.next()) {
            if (record != except && record.isInside(ref)) {
                return true;
            }
        }
        return false;
    }

    /** A call in flight, by its ticket, or null. */
    public static @Nullable PublishedCall find(GateRef ref, long ticket) {
        for (CallRecord record = CallRecords.head(); record != null; record = record.next()) {
            for (CallFrame call = record.outermost(); call != null; call = call.innerOrNull()) {
                long seen = call.published();
                if (call.isOf(seen, ticket, ref)) {
                    return new PublishedCall(call, seen);
                }
            }
        }
        return null;
    }

    /** What is shown of each call in flight. */
    public interface Visitor {
        /** Once per call; its fields may be those of a later call of the same gate. */
        void visit(CallFrame call, long ticket);
    }

    /** Shows the calls in flight that a removal waits for. */
    public static void forEach(GateRef ref, Visitor visitor) {
        for (CallRecord record = CallRecords.head(); record != null; record = record.next()) {
            for (CallFrame call = record.outermost(); call != null; call = call.innerOrNull()) {
                if (call.isCountedIn(ref)) {
                    visitor.visit(call, call.ticketInFlight());
                }
            }
        }
    }

    /** How many calls of a verb began in the gate since it was made. */
    public static long count(GateRef ref, Verb verb) {
        long count = ref.counted(verb.index());
        for (CallRecord record = CallRecords.head(); record != null; record = record.next()) {
            for (CallFrame call = record.outermost(); call != null; call = call.innerOrNull()) {
                count += call.counted(ref, verb.index());
            }
        }
        return count;
    }
}
