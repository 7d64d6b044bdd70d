package org.cdevgate.gate.stress.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.execution.ResultWithClock;
import org.jetbrains.kotlinx.lincheck.util.ExceptionResult;
import org.jetbrains.kotlinx.lincheck.util.LincheckResult;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;

/** Looks at the end of each run: nothing may have thrown. Made by Lincheck. */
public final class Verdicts implements Verifier {
    private static final Map<Integer, Integer> RUNS = new HashMap<>();

    /** Lincheck makes it as soon as it is installed. */
    public Verdicts(Class<?> unused) {
        JdkCollections.leaveUnchanged();
    }

    /** Forgets the runs counted. */
    static synchronized void clear() {
        RUNS.clear();
    }

    /** How many runs of a scenario came to an end. */
    static synchronized int runs(int number) {
        return RUNS.getOrDefault(number, 0);
    }

    private static synchronized void count(int number) {
        RUNS.merge(number, 1, Integer::sum);
    }

    @Override
    public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
        count(ModelCast.running());
        return threwNothing(results.getInitResults())
                && results.getParallelResultsWithClock().stream()
                        .flatMap(List::stream)
                        .map(ResultWithClock::getResult)
                        .noneMatch(ExceptionResult.class::isInstance)
                && threwNothing(results.getPostResults());
    }

    private static boolean threwNothing(List<? extends LincheckResult> results) {
        return results.stream().noneMatch(ExceptionResult.class::isInstance);
    }
}
