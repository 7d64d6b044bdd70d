package org.cdevgate.gate;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks for the calls in flight in a gate by walking the {@link CallRecord}s.
 *
 * <p>Once the gate's flag is set, a record seen without a call of the gate stays so: a later enter
 * publishes itself, sees the flag and takes itself back without having run anything. So one pass
 * that waits at each record is enough.
 */
final class CallScan {
    private CallScan() {}

    /**
     * Waits until no call is in flight.
     *
     * @param except a record to pass over, or null
     * @return false if the wait ended early
     */
    static boolean awaitNone(FopsGate gate, WakeHookRunner except, Drain drain) {
        GateRef ref = gate.ref();
        for (CallRecord record = CallRecord.head(); record != null; record = record.next()) {
            if (!record.isInside(ref)) {
                continue;
            }
            CallRecord each = record;
            if (!drain.await(
                    gate,
                    () -> !each.isInside(ref) || (except != null && each == except.record()),
                    "calls in flight")) {
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
     * @param callbacks gets those that other calls of these threads have registered
     */
    static void wakeInside(FopsGate gate, List<CancelCallback> callbacks) {
        GateRef ref = gate.ref();
        for (CallRecord record = CallRecord.head(); record != null; record = record.next()) {
            if (record.isIn(ref)) { // a call that is left out does not sleep on in its own gate
                record.addCallbacks(callbacks, ref);
                LockSupport.unpark(record.thread());
            }
        }
    }

    /** Whether a call is in flight now, those of one record excepted. */
    static boolean isAny(FopsGate gate, CallRecord except) {
        GateRef ref = gate.ref();
        for (CallRecord record = CallRecord.head(); record != null; record = record.next()) {
            if (record != except && record.isInside(ref)) {
                return true;
            }
        }
        return false;
    }

    /** A call in flight, by its ticket, or null. */
    static CallScope find(FopsGate gate, long ticket) {
        GateRef ref = gate.ref();
        for (CallRecord record = CallRecord.head(); record != null; record = record.next()) {
            for (Call call = record.outermost(); call != null; call = call.innerOrNull()) {
                long seen = call.published();
                if (call.isOf(seen, ticket, ref)) {
                    return new CallScope(call, seen);
                }
            }
        }
        return null;
    }

    /** What is shown of each call in flight. */
    interface Visitor {
        /** Once per call; its fields may be those of a later call of the same gate. */
        void visit(CallRecord record, Call call, long ticket);
    }

    /** Shows the calls in flight that a removal waits for. */
    static void forEach(FopsGate gate, Visitor visitor) {
        GateRef ref = gate.ref();
        for (CallRecord record = CallRecord.head(); record != null; record = record.next()) {
            for (Call call = record.outermost(); call != null; call = call.innerOrNull()) {
                if (call.isCountedIn(ref)) {
                    visitor.visit(record, call, call.ticketInFlight());
                }
            }
        }
    }

    /** A snapshot of the calls in flight. */
    static List<CallInFlight> all(FopsGate gate) {
        List<CallInFlight> calls = new ArrayList<>();
        forEach(
                gate,
                (record, call, ticket) -> {
                    CallInFlight seen = look(gate, record, call);
                    if (seen != null) {
                        calls.add(seen);
                    }
                });
        return calls;
    }

    /** The call that a frame has in flight; null if it has none any more. */
    static CallInFlight look(FopsGate gate, CallRecord record, Call call) {
        CallInFlight seen = CallInFlight.of(gate, record, call);
        // Still there after the fields were read: they are of this call, or of a later one of the
        // same gate.
        VarHandle.acquireFence();
        return call.isCountedIn(gate.ref()) ? seen : null;
    }

    /** How many calls of a verb began in the gate since it was made. */
    static long count(FopsGate gate, Verb verb) {
        GateRef ref = gate.ref();
        long count = ref.counted(verb.index());
        for (CallRecord record = CallRecord.head(); record != null; record = record.next()) {
            for (Call call = record.outermost(); call != null; call = call.innerOrNull()) {
                count += call.counted(ref, verb.index());
            }
        }
        return count;
    }
}
