package org.cdevgate.gate.stress.driver;

import java.util.List;
import java.util.Map;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.workload.RunResult;

/** What a {@link DriverStress} came to. Immutable. */
public final class StressReport {
    private final RunResult result;

    StressReport(RunResult result) {
        this.result = result;
    }

    /** Whether nothing was found. */
    public boolean isClean() {
        return result.findings().isEmpty();
    }

    /** What was found, each kind once, in the order of its first occurrence. */
    public List<Finding> findings() {
        return List.copyOf(result.findings());
    }

    /** The seed that repeats each thread's decisions. */
    public long seed() {
        return result.seed();
    }

    /** How many devices were made and removed. */
    public long devices() {
        return result.devices();
    }

    /** How many calls were made. */
    public long calls() {
        return result.calls();
    }

    /** How often each thing was exercised, by a name such as {@code read: EAGAIN}. */
    public Map<String, Long> counts() {
        return Map.copyOf(result.counts());
    }

    /** For people: a line on the run, then each finding with its stacks. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(
                        String.format(
                                "driver stress: %s seed=%d seconds=%.1f devices=%d calls=%d"
                                        + " findings=%d",
                                isClean() ? "passed" : "FAILED",
                                seed(),
                                result.seconds(),
                                devices(),
                                calls(),
                                result.findings().size()));
        for (Finding finding : result.findings()) {
            text.append('\n').append(finding);
        }
        return text.toString();
    }
}
