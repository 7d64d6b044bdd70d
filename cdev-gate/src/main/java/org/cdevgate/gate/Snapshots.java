package org.cdevgate.gate;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.gate.accounting.CallScan;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.internal.SelfWait;
import org.cdevgate.gate.diagnostics.internal.ThreadGraph;
import org.cdevgate.gate.removal.RemovalReport;
import org.cdevgate.internal.Texts;
import org.jspecify.annotations.Nullable;

/** Looks at what is in flight in gates, for people. Any thread. */
final class Snapshots {
    private static final ThreadGraph THREADS = new ThreadGraph();

    /** So many warnings are told, so that a report does not grow with the calls. */
    private static final int MOST_WARNINGS = 10;

    private Snapshots() {}

    /** A gate's calls in flight. */
    static List<CallInFlight> calls(FopsGate gate) {
        List<CallInFlight> calls = new ArrayList<>();
        CallScan.forEach(
                gate.ref(),
                (call, ticket) -> {
                    CallInFlight seen = call(gate, (Frame) call);
                    if (seen != null) {
                        calls.add(seen);
                    }
                });
        return calls;
    }

    /** The call that a frame has in flight; null if it has none any more. */
    static @Nullable CallInFlight call(FopsGate gate, Frame call) {
        CallInFlight.Builder seen = builder(gate, call.verbInFlight());
        OpenFile file = call.file;
        if (file != null && file.gate() == gate) {
            seen.file(file.pid());
        }
        seen.thread(call.record.thread(), call.record.threadName());
        seen.nested(call.nested());
        asleepOn(seen, Frame.waitingOn(call.record));
        if (call.isStamped()) {
            seen.since(call.start());
        }
        // Still there after the fields were read: they are of this call, or of a later one of the
        // same gate.
        VarHandle.acquireFence();
        return call.isCountedIn(gate.ref()) ? seen.build() : null;
    }

    /** A request that sleeps without a thread. */
    static CallInFlight threadless(FopsGate gate, BlockedRun run) {
        CallInFlight.Builder seen = builder(gate, run.verb());
        seen.file(run.file().pid());
        asleepOn(seen, run.queue());
        return seen.build();
    }

    /** A hold. */
    static CallInFlight hold(FopsGate gate, HoldTable.Entry hold) {
        CallInFlight.Builder seen = builder(gate, Verb.HOLD);
        seen.tag(hold.tag, hold.isLost());
        seen.thread(null, hold.threadName);
        seen.since(hold.start);
        if (hold.taken != null) {
            seen.stack(List.of(hold.taken.getStackTrace()));
        }
        return seen.build();
    }

    private static CallInFlight.Builder builder(FopsGate gate, Verb verb) {
        CallInFlight.Builder seen = CallInFlight.builder(gate.name(), verb);
        // In this order: who sees the flag sees its time.
        if (gate.isRemoving()) {
            seen.atLeastSince(gate.removal().flaggedAt());
        }
        return seen;
    }

    private static void asleepOn(CallInFlight.Builder seen, @Nullable WaitQueue queue) {
        if (queue != null) {
            seen.waitingOn(queue.name());
        }
    }

    /**
     * What is in flight now, with stacks.
     *
     * @param waiter the removing thread, for the warnings; null if nobody waits
     */
    static RemovalReport report(List<FopsGate> gates, @Nullable Thread waiter, Duration waited) {
        Culprits found = new Culprits();
        gates.forEach(found::addAllOf);
        List<CallInFlight> culprits = found.inDetail(THREADS, waiter);
        List<String> warnings = new ArrayList<>();
        if (waiter != null && !found.threads().isEmpty()) {
            List<SelfWait> selfWaits = THREADS.selfWaits(waiter, found.threads());
            selfWaits.stream().limit(MOST_WARNINGS).map(SelfWait::toString).forEach(warnings::add);
            if (selfWaits.size() > MOST_WARNINGS) {
                warnings.add(Texts.more(selfWaits.size() - MOST_WARNINGS) + " like these");
            }
        }
        int leftOut = found.count() - culprits.size();
        return new RemovalReport(names(gates), waited, culprits, leftOut, warnings);
    }

    /** For a wait that has come to its end. */
    static RemovalReport nothing(List<FopsGate> gates, Duration waited) {
        return new RemovalReport(names(gates), waited, List.of(), 0, List.of());
    }

    private static List<String> names(List<FopsGate> gates) {
        List<String> names = new ArrayList<>();
        gates.forEach(gate -> names.add(gate.name()));
        return names;
    }
}
