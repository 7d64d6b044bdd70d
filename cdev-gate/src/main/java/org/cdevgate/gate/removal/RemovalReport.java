package org.cdevgate.gate.removal;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.internal.Arguments;
import org.cdevgate.internal.Texts;

/**
 * What a removal waits for: who is inside the driver, since when, where, and on what. A snapshot:
 * what it names may have ended when you look at it. Immutable.
 *
 * <p>{@link org.cdevgate.gate.FopsGate#report()} makes one on demand, a bounded wait returns one
 * ({@link RemovalOutcome#report()}), and a slow drain logs one by itself.
 */
public final class RemovalReport {
    private static final int MOST_FRAMES = 50;
    private final List<String> devices;
    private final Duration waited;
    private final List<CallInFlight> culprits;
    private final int culpritsLeftOut;
    private final List<String> warnings;

    /**
     * A report.
     *
     * @param devices see {@link #devices()}
     * @param waited see {@link #waited()}
     * @param culprits see {@link #culprits()}
     * @param culpritsLeftOut see {@link #culpritsLeftOut()}
     * @param warnings see {@link #warnings()}
     */
    public RemovalReport(
            List<String> devices,
            Duration waited,
            List<CallInFlight> culprits,
            int culpritsLeftOut,
            List<String> warnings) {
        this.devices = Arguments.elements(devices, "devices");
        this.waited = Objects.requireNonNull(waited, "waited");
        this.culprits = Arguments.elements(culprits, "culprits");
        this.culpritsLeftOut = culpritsLeftOut;
        this.warnings = Arguments.elements(warnings, "warnings");
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
            text.append("nothing of ").append(Texts.names(devices)).append(" is in flight\n");
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
            text.append("  ").append(Texts.more(culpritsLeftOut)).append('\n');
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
}
