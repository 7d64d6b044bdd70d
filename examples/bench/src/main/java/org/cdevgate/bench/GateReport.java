package org.cdevgate.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.cdevgate.gate.stress.workload.Usage;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks of the gate alone and prints their times and the {@code ratio} lines that
 * docs/performance.md names goals for.
 *
 * <p>A round is one JMH run, with a fork for each benchmark. Ratios are taken within a round and
 * then their median: a machine that is slower for a while, or one fork with a bad start, does not
 * move it. The scores and errors are JMH's, of all rounds together.
 */
public final class GateReport {
    private static final String ENTER_EXIT = "enter-exit";
    private static final String FLOOR = "floor";
    private static final String IDLE = "remove-idle";
    private static final String BUSY = "remove-busy";
    private static final String SLEEPING = "remove-sleeping";

    /** A ratio with a larger error, as a part of it, says little. */
    private static final double QUIET_ERROR = 0.1;

    /** JMH's names of the benchmarks that have no parameter or one that is a number, and ours. */
    private static final Map<String, String> NAMES =
            Map.of(
                    "GateBenchmark.enterExit", ENTER_EXIT,
                    "GateBenchmark.floor", FLOOR,
                    "IdleRemovalBenchmark.remove", IDLE,
                    "BusyRemovalBenchmark.remove", BUSY,
                    "SleepingRemovalBenchmark.remove", SLEEPING);

    /** How many threads ran, and what each round measured, by name. */
    private record Measured(int threads, Map<String, List<RunResult>> rounds) {
        Result<?> time(String name) {
            return together(rounds.get(name)).getPrimaryResult();
        }

        Ratio ratio(String name, String reference) {
            List<RunResult> times = rounds.get(name);
            List<RunResult> references = rounds.get(reference);
            double[] each =
                    IntStream.range(0, times.size())
                            .mapToDouble(i -> score(times.get(i)) / score(references.get(i)))
                            .sorted()
                            .toArray();
            double median = (each[(each.length - 1) / 2] + each[each.length / 2]) / 2;
            double error = Math.hypot(relativeError(time(name)), relativeError(time(reference)));
            return new Ratio(median, error);
        }

        private static double score(RunResult run) {
            return run.getPrimaryResult().getScore();
        }

        private static double relativeError(Result<?> time) {
            return time.getScoreError() / time.getScore();
        }
    }

    /** A ratio of two times, and the error of both as a part of it. */
    private record Ratio(double value, double error) {}

    private GateReport() {}

    /** Where the JSON goes. */
    public static void main(String[] args) throws RunnerException {
        new Usage(
                        GateReport.class,
                        "JSON",
                        "Measures the gate alone, and writes what JMH tells to a file.")
                .check(args, 1, 1);
        Measured one = measure(3, 1, "GateBenchmark", "AlternativesBenchmark");
        Measured two = measure(5, 2, "GateBenchmark", "AlternativesBenchmark");
        // On two processors, more threads than those: callers that have to share them.
        int processors = Runtime.getRuntime().availableProcessors();
        int threads = processors > 2 ? processors : 4;
        Measured many = measure(2, threads, "GateBenchmark", "AlternativesBenchmark");
        Measured removals = measure(5, 1, "RemovalBenchmark");
        writeJson(List.of(one, two, many, removals), args[0]);

        row("", "threads", "ns", "error", "gate to it");
        for (Measured calls : List.of(one, two, many)) {
            for (String name : calls.rounds.keySet()) {
                row(calls, name, calls.ratio(ENTER_EXIT, name));
            }
        }
        System.out.println();
        row("", "threads", "ns", "error", "it to idle");
        for (String name : removals.rounds.keySet()) {
            row(removals, name, removals.ratio(name, IDLE + "-beside-0"));
        }
        System.out.println();
        printGoals(one, two, removals);
    }

    private static Measured measure(int rounds, int threads, String... benchmarks)
            throws RunnerException {
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .forks(1)
                        .threads(threads);
        for (String benchmark : benchmarks) {
            options.include(benchmark);
        }
        Map<String, List<RunResult>> results = new LinkedHashMap<>();
        for (int i = 0; i < rounds; i++) {
            for (RunResult run : new Runner(options.build()).run()) {
                results.computeIfAbsent(nameOf(run.getParams()), name -> new ArrayList<>())
                        .add(run);
            }
        }
        return new Measured(threads, results);
    }

    private static RunResult together(List<RunResult> rounds) {
        List<BenchmarkResult> forks = new ArrayList<>();
        rounds.forEach(round -> forks.addAll(round.getBenchmarkResults()));
        return new RunResult(rounds.get(0).getParams(), forks);
    }

    private static void writeJson(List<Measured> measured, String file) {
        List<RunResult> results = new ArrayList<>();
        for (Measured each : measured) {
            each.rounds.values().forEach(rounds -> results.add(together(rounds)));
        }
        ResultFormatFactory.getInstance(ResultFormatType.JSON, file).writeOut(results);
    }

    private static String nameOf(BenchmarkParams params) {
        String design = params.getParam("design");
        if (design != null) {
            return Alternative.valueOf(design).title();
        }
        String method = params.getBenchmark();
        int packageEnd = method.lastIndexOf('.', method.lastIndexOf('.') - 1);
        String name = NAMES.get(method.substring(packageEnd + 1));
        String gates = params.getParam("busyGates");
        String sleepers = params.getParam("sleepers");
        return name
                + (gates == null ? "" : "-beside-" + gates)
                + (sleepers == null ? "" : "-" + sleepers);
    }

    private static void row(Measured run, String name, Ratio ratio) {
        Result<?> time = run.time(name);
        row(
                name,
                run.threads,
                text("%.2f", time.getScore()),
                text("%.2f", time.getScoreError()),
                text("%.2f", ratio.value));
    }

    private static void row(Object... cells) {
        System.out.print(text("%-24s %7s %12s %12s %12s%n", cells));
    }

    private static void printGoals(Measured one, Measured two, Measured removals) {
        goal("gate-enter-exit-1-thread-vs-floor", one.ratio(ENTER_EXIT, FLOOR), 1.5);
        goal("gate-enter-exit-2-threads-vs-floor", two.ratio(ENTER_EXIT, FLOOR), 1.5);
        alternative(two, Alternative.READ_WRITE_LOCK, 0.5);
        alternative(two, Alternative.SHARED_COUNTER, 0.5);
        alternative(two, Alternative.STRIPED_COUNTERS, 1.25);
        alternative(two, Alternative.GLOBAL_LOCK, 0.5);
        goal(
                "gate-removal-beside-1000-busy-gates-vs-none",
                removals.ratio(IDLE + "-beside-1000", IDLE + "-beside-0"),
                1.5);
    }

    private static void alternative(Measured two, Alternative design, double limit) {
        goal(
                "gate-enter-exit-2-threads-vs-" + design.title(),
                two.ratio(ENTER_EXIT, design.title()),
                limit);
    }

    private static void goal(String name, Ratio ratio, double limit) {
        System.out.print(
                text(
                        "ratio %s %.2f goal<=%.2f%s%n",
                        name, ratio.value, limit, ratio.error > QUIET_ERROR ? " noisy" : ""));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
