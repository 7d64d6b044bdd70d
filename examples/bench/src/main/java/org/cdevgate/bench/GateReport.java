package org.cdevgate.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks of the gate alone and prints their times and the {@code ratio} lines that
 * docs/performance.md names goals for. What is compared ran in the same JMH run.
 */
public final class GateReport {
    private final Map<String, Result<?>> results = new LinkedHashMap<>();

    private GateReport() {}

    /** Where the JSON goes. */
    public static void main(String[] args) throws RunnerException {
        GateReport report = new GateReport();
        OptionsBuilder options = new OptionsBuilder();
        options.include("GateBenchmark").include("AlternativesBenchmark");
        options.include("RemovalBenchmark").verbosity(VerboseMode.SILENT);
        options.resultFormat(ResultFormatType.JSON).result(args[0]);
        for (RunResult run : new Runner(options.build()).run()) {
            report.results.put(nameOf(run), run.getPrimaryResult());
        }
        report.print();
    }

    private static String nameOf(RunResult run) {
        String method = run.getParams().getBenchmark();
        String parameter = run.getParams().getParam("peer");
        String gates = run.getParams().getParam("busyGates");
        return method.substring(method.lastIndexOf('.', method.lastIndexOf('.') - 1) + 1)
                + (parameter == null ? "" : "." + parameter)
                + (gates == null ? "" : "." + gates);
    }

    private void print() {
        System.out.printf(Locale.ROOT, "%-56s %10s %10s%n", "", "ns", "error");
        results.forEach(
                (name, result) ->
                        System.out.printf(
                                Locale.ROOT,
                                "%-56s %10.2f %10.2f%n",
                                name,
                                result.getScore(),
                                result.getScoreError()));
        System.out.println();
        String gate = "GateBenchmark.enterExit";
        String other = "AlternativesBenchmark.enterExitTwoThreads.";
        ratio("enter-exit/floor", gate, "GateBenchmark.floor");
        ratio(
                "enter-exit/floor, two threads",
                gate + "TwoThreads",
                "GateBenchmark.floorTwoThreads");
        ratio(
                "enter-exit/read-write lock, two threads",
                gate + "TwoThreads",
                other + "READ_WRITE_LOCK");
        ratio(
                "enter-exit/shared counter, two threads",
                gate + "TwoThreads",
                other + "SHARED_COUNTER");
        ratio(
                "enter-exit/striped counters, two threads",
                gate + "TwoThreads",
                other + "STRIPED_COUNTERS");
        ratio("enter-exit/global lock, two threads", gate + "TwoThreads", other + "GLOBAL_LOCK");
        String removal = "RemovalBenchmark.makeAndRemove.";
        ratio("removal, 1000 busy gates/none", removal + "1000", removal + "0");
    }

    private void ratio(String what, String ours, String reference) {
        double value = results.get(ours).getScore() / results.get(reference).getScore();
        System.out.printf(
                Locale.ROOT, "ratio %s %.2f%n", what.replace(' ', '-').replace(",", ""), value);
    }
}
