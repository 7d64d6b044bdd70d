package org.cdevgate.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.cdevgate.gate.diagnostics.SelfWait;
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

    // What is told of each, so that a report does not grow with the calls.
    private static final int MOST_WARNINGS = 10;
    private static final int MOST_FRAMES = 50;
    private static final int MOST_NAMES = 20;

    private final List<String> devices;
    private final Duration waited;
    private final List<CallInFlight> culprits;
    private final int culpritsLeftOut;
    private final List<String> warnings;

    private RemovalReport(
            List<String> devices,
            Duration waited,
            List<CallInFlight> culprits,
            int culpritsLeftOut,
            List<String> warnings) {
        this.devices = List.copyOf(devices);
        this.waited = waited;
        this.culprits = List.copyOf(culprits);
        this.culpritsLeftOut = culpritsLeftOut;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Looks at what is in flight now.
     *
     * @param waiter the removing thread, for the warnings; null if nobody waits
     */
    static RemovalReport of(List<FopsGate> gates, Thread waiter, Duration waited) {
        List<String> devices = new ArrayList<>();
        Culprits found = new Culprits();
        for (FopsGate gate : gates) {
            devices.add(gate.name());
            found.addAllOf(gate);
        }
        List<CallInFlight> culprits = found.inDetail(THREADS, waiter);
        List<String> warnings = new ArrayList<>();
        if (waiter != null && !found.threads().isEmpty()) {
            List<SelfWait> selfWaits = THREADS.selfWaits(waiter, found.threads());
            selfWaits.stream().limit(MOST_WARNINGS).map(SelfWait::toString).forEach(warnings::add);
            if (selfWaits.size() > MOST_WARNINGS) {
                warnings.add(more(selfWaits.size() - MOST_WARNINGS) + " like these");
            }
        }
        int leftOut = found.count() - culprits.size();
        return new RemovalReport(devices, waited, culprits, leftOut, warnings);
    }

    private static String more(int count) {
        return String.format(Locale.ROOT, "and %,d more", count);
    }

    /** For a wait that has come to its end. */
    static RemovalReport nothing(List<FopsGate> gates, Duration waited) {
        List<String> devices = new ArrayList<>();
        gates.forEach(gate -> devices.add(gate.name()));
        return new RemovalReport(devices, waited, List.of(), 0, List.of());
    }

    /** The devices that are looked at: one, or the members of a group with their children. */
    public List<String> devices() {
        return devices;
    }

    /** How long the removal has been waited for; zero if nobody waits. */
    public Duration waited() {
        return waited;
    }

    /** The calls and holds that a removal waits for, a hundred of them at most, with stacks. */
    public List<CallInFlight> culprits() {
        return culprits;
    }

    /** How many calls and holds more there are than {@link #culprits()} tells of. */
    public int culpritsLeftOut() {
        return culpritsLeftOut;
    }

    /**
     * For people: that a call in flight wants a lock which the removing thread holds, directly or
     * through others, so that each waits for the other. Advisory: looked up while threads run on.
     */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * For people: a line per culprit with the stack of its thread, how many more there are, then
     * the warnings.
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (culprits.isEmpty()) {
            text.append("nothing of ").append(names(devices)).append(" is in flight\n");
        }
        List<StackTraceElement> last = List.of();
        for (CallInFlight culprit : culprits) {
            text.append("  ").append(culprit).append('\n');
            if (culprit.stack().equals(last)) {
                text.append(last.isEmpty() ? "" : "    at the same place as the one before\n");
            } else {
                last = culprit.stack();
                append(text, last);
            }
        }
        if (culpritsLeftOut > 0) {
            text.append("  ").append(more(culpritsLeftOut)).append('\n');
        }
        for (String warning : warnings) {
            text.append("  warning: ").append(warning).append('\n');
        }
        return text.toString();
    }

    private static void append(StringBuilder text, List<StackTraceElement> stack) {
        for (StackTraceElement frame : stack.subList(0, Math.min(stack.size(), MOST_FRAMES))) {
            text.append("    at ").append(frame).append('\n');
        }
        if (stack.size() > MOST_FRAMES) {
            text.append("    ... ").append(stack.size() - MOST_FRAMES).append(" more\n");
        }
    }

    /** For people: names, some of them if they are many. */
    static String names(List<?> all) {
        String some =
                all.stream()
                        .limit(MOST_NAMES)
                        .map(Object::toString)
                        .collect(Collectors.joining(", "));
        return all.size() <= MOST_NAMES ? some : some + " " + more(all.size() - MOST_NAMES);
    }
}
