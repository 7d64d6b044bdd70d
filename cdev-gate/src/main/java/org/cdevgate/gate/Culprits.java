package org.cdevgate.gate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cdevgate.gate.accounting.CallScan;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.diagnostics.internal.ThreadGraph;
import org.jspecify.annotations.Nullable;

/**
 * Collects what removals wait for, in time that grows with its number, and keeps {@value #MOST} of
 * it: who reads a log wants examples and the number. Holds have a part of the places for
 * themselves: one that was lost among thousands of sleeping calls is the one that never ends.
 *
 * <p>For one thread.
 */
final class Culprits {
    /** So many calls and holds are told of. */
    static final int MOST = 100;

    private static final int PLACES_FOR_HOLDS = 20;

    /** In so many threads a lock is looked for that the remover has. */
    private static final int MOST_THREADS = 10_000;

    private record Look(List<StackTraceElement> stack, @Nullable String waitsOn) {}

    private final List<CallInFlight> calls = new ArrayList<>();
    private final List<CallInFlight> holds = new ArrayList<>();
    private final Map<Thread, String> threads = new LinkedHashMap<>();
    private int count;

    /** Looks at a gate's. */
    void addAllOf(FopsGate gate) {
        CallScan.forEach(
                gate.ref(),
                (call, ticket) -> {
                    count++;
                    Thread thread = call.record.thread();
                    if (thread != null && threads.size() < MOST_THREADS) {
                        threads.put(thread, call.verbInFlight() + " of " + gate.name());
                    }
                    CallInFlight seen =
                            calls.size() < MOST ? Snapshots.call(gate, (Frame) call) : null;
                    if (seen != null) {
                        calls.add(seen);
                    }
                });
        int room = MOST - holds.size();
        List<CallInFlight> some = new ArrayList<>();
        count += gate.holds().inFlight(room, some);
        holds.addAll(some);
    }

    /** How many there are. */
    int count() {
        return count;
    }

    /** The threads of calls, each with what that is. */
    Map<Thread, String> threads() {
        threads.remove(Thread.currentThread());
        return threads;
    }

    /** Those that are kept, with stacks and what their threads wait for. */
    List<CallInFlight> inDetail(ThreadGraph graph, @Nullable Thread waiter) {
        int ofHolds = Math.min(holds.size(), Math.max(PLACES_FOR_HOLDS, MOST - calls.size()));
        int ofCalls = Math.min(calls.size(), MOST - ofHolds);
        List<CallInFlight> detailed = new ArrayList<>();
        Map<Thread, Look> looks = new HashMap<>();
        for (CallInFlight each : calls.subList(0, ofCalls)) {
            Thread thread = each.thread();
            Look look = thread == null ? null : looks.get(thread);
            if (thread != null && look == null) {
                boolean waits = thread != Thread.currentThread() && thread != waiter;
                look =
                        new Look(
                                List.of(thread.getStackTrace()),
                                waits ? graph.waitsOn(thread) : null);
                looks.put(thread, look);
            }
            List<StackTraceElement> stack = look == null ? List.of() : look.stack;
            boolean sleeps = each.waitingOn() != null;
            detailed.add(each.detailed(stack, look == null || sleeps ? null : look.waitsOn));
        }
        detailed.addAll(holds.subList(0, ofHolds));
        return detailed;
    }
}
