package org.cdevgate.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cdevgate.gate.diagnostics.ThreadGraph;

/**
 * What a removal waits for: who is inside the driver, since when, where, and on what. A snapshot:
 * what it names may have ended when you look at it. Immutable.
 *
 * <p>{@link FopsGate#report()} makes one on demand, a bounded wait returns one ({@link
 * RemovalOutcome#report()}), and a slow drain logs one by itself.
 */
public final class RemovalReport {
    private static final ThreadGraph THREADS = new ThreadGraph();

    private final List<String> devices;
    private final Duration waited;
    private final List<CallInFlight> culprits;
    private final List<String> warnings;

    private RemovalReport(
            List<String> devices,
            Duration waited,
            List<CallInFlight> culprits,
            List<String> warnings) {
        this.devices = List.copyOf(devices);
        this.waited = waited;
        this.culprits = List.copyOf(culprits);
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Looks at what is in flight now.
     *
     * @param waiter the removing thread, for the warnings; null if nobody waits
     */
    static RemovalReport of(List<FopsGate> gates, Thread waiter, Duration waited) {
        List<String> devices = new ArrayList<>();
        List<CallInFlight> culprits = new ArrayList<>();
        Map<Thread, String> threads = new LinkedHashMap<>();
        for (FopsGate gate : gates) {
            devices.add(gate.name());
            for (CallInFlight call : gate.removal().awaited()) {
                Thread thread = call.thread();
                boolean looks = thread != null && thread != Thread.currentThread();
                String waitsOn = looks && call.waitingOn() == null ? THREADS.waitsOn(thread) : null;
                culprits.add(call.detailed(gate, waitsOn));
                if (looks) {
                    threads.put(thread, call.verb() + " of " + gate.name());
                }
            }
        }
        List<String> warnings = new ArrayList<>();
        if (waiter != null && !threads.isEmpty()) {
            THREADS.selfWaits(waiter, threads).forEach(each -> warnings.add(each.toString()));
        }
        return new RemovalReport(devices, waited, culprits, warnings);
    }

    /** For a wait that has come to its end. */
    static RemovalReport nothing(List<FopsGate> gates, Duration waited) {
        List<String> devices = new ArrayList<>();
        gates.forEach(gate -> devices.add(gate.name()));
        return new RemovalReport(devices, waited, List.of(), List.of());
    }

    /** The devices that are looked at: one, or the members of a group with their children. */
    public List<String> devices() {
        return devices;
    }

    /** How long the removal has been waited for; zero if nobody waits. */
    public Duration waited() {
        return waited;
    }

    /** The calls and holds that a removal waits for; each with its stack. */
    public List<CallInFlight> culprits() {
        return culprits;
    }

    /**
     * For people: that a call in flight wants a lock which the removing thread holds, directly or
     * through others, so that each waits for the other. Advisory: looked up while threads run on.
     */
    public List<String> warnings() {
        return warnings;
    }

    /** For people: a line per culprit with the stack of its thread, then the warnings. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (culprits.isEmpty()) {
            text.append("nothing of ").append(String.join(", ", devices)).append(" is in flight\n");
        }
        for (CallInFlight culprit : culprits) {
            text.append("  ").append(culprit).append('\n');
            for (StackTraceElement frame : culprit.stack()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        for (String warning : warnings) {
            text.append("  warning: ").append(warning).append('\n');
        }
        return text.toString();
    }
}
