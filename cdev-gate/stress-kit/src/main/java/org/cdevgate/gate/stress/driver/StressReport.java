package org.cdevgate.gate.stress.driver;

import java.util.List;
import java.util.Map;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.workload.Exercise;
import org.cdevgate.gate.stress.workload.RunResult;

/** What a {@link DriverStress} came to. Immutable. */
public final class StressReport {
    private final RunResult result;

    StressReport(RunResult result) {
        this.result = result;
    }

    /** What a run comes to. */
    public enum Verdict {
        /** Nothing was found, and each verb was exercised. */
        PASSED,
        /** Nothing was found because too little was exercised: it says nothing about the driver. */
        NOT_ENOUGH,
        /** Something was found. */
        FAILED;

        @Override
        public String toString() {
            return this == PASSED ? "passed" : name().replace('_', ' ');
        }
    }

    /** Whether it passed: nothing was found, and not because too little was exercised. */
    public boolean isClean() {
        return verdict() == Verdict.PASSED;
    }

    /** What it came to. */
    public Verdict verdict() {
        if (result.findings().isEmpty()) {
            return Verdict.PASSED;
        }
        return result.findings().stream()
                        .allMatch(each -> each.kind() == Finding.Kind.NOT_EXERCISED)
                ? Verdict.NOT_ENOUGH
                : Verdict.FAILED;
    }

    /** What was done to each verb that the driver has. */
    public List<VerbExercise> exercise() {
        Exercise all = result.exercise();
        return all.implemented().stream()
                .map(
                        verb ->
                                new VerbExercise(
                                        verb,
                                        all.callsOf(verb),
                                        all.seenAsleep(verb),
                                        all.asleepAtRemoval(verb)))
                .toList();
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

    /**
     * For people: a line on the run, a row for each verb of the driver's, then each finding with
     * its stacks.
     */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(
                        String.format(
                                "driver stress: %s seed=%d seconds=%.1f devices=%d calls=%d"
                                        + " findings=%d",
                                verdict(),
                                seed(),
                                result.seconds(),
                                devices(),
                                calls(),
                                result.findings().size()));
        for (VerbExercise each : exercise()) {
            text.append('\n').append(each);
        }
        for (Finding finding : result.findings()) {
            text.append('\n').append(finding);
        }
        return text.toString();
    }
}
