package org.cdevgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.IntStream;

/**
 * Turns the runs that {@code run.sh} wrote down into a table, a JSON file and the {@code ratio}
 * lines.
 *
 * <p>A line of the input is one run of the client: {@code OPERATION SERVER MEDIAN MEAN}, the times
 * in nanoseconds. Run number <i>n</i> of an operation against one server was made next to number
 * <i>n</i> against each other server, so ratios are taken within a round first and then their
 * median: what slows the machine for a while slows both sides of a ratio.
 *
 * <p>The scheduler runs client and server on one processor or on two, and mostly stays with it for
 * a whole run. On two, each call waits for a sleeping processor twice, which in a virtual machine
 * takes many times as long as the call and is the same whoever serves. A ratio of two runs in
 * different places would tell of nothing but the places, so ratios are of rounds in which both ran
 * together; how often each server's runs were apart stands next to them.
 */
public final class Report {
    private static final String OURS = "cdev-gate";
    private static final List<String> REFERENCES = List.of("libfuse", "raw");

    /** A ratio is known when its median's standard error is at most this part of it. */
    private static final double QUIET_ERROR = 0.04;

    /** And it comes from at least so many rounds. */
    private static final int QUIET_ROUNDS = 9;

    /** A run so many times slower than the server's fastest was apart from it. */
    private static final double APART = 3;

    private final Map<String, Map<String, Runs>> operations = new LinkedHashMap<>();
    private final StringBuilder table = new StringBuilder();
    private final StringBuilder lines = new StringBuilder();
    private final StringJoiner jsonRuns = new StringJoiner(",\n    ", "[\n    ", "\n  ]");
    private final StringJoiner jsonRatios = new StringJoiner(",\n    ", "[\n    ", "\n  ]");

    private Report() {}

    /** The file of runs, then where the JSON goes. */
    public static void main(String[] args) throws IOException {
        Report report = new Report();
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            String[] fields = line.split(" ", -1);
            report.operations
                    .computeIfAbsent(fields[0], operation -> new LinkedHashMap<>())
                    .computeIfAbsent(fields[1], server -> new Runs())
                    .add(Double.parseDouble(fields[2]), Double.parseDouble(fields[3]));
        }
        report.write();
        Files.writeString(Path.of(args[1]), report.json());
        System.out.println(report.table);
        System.out.print(report.lines);
    }

    /** The client's runs of one operation against one server, in order. */
    private static final class Runs {
        private double[] medians = {};
        private double[] means = {};

        void add(double median, double mean) {
            medians = Arrays.copyOf(medians, medians.length + 1);
            medians[medians.length - 1] = median;
            means = Arrays.copyOf(means, means.length + 1);
            means[means.length - 1] = mean;
        }

        boolean isApart(int round) {
            return medians[round] > APART * quantile(medians, 0);
        }

        double[] together() {
            return IntStream.range(0, medians.length)
                    .filter(round -> !isApart(round))
                    .mapToDouble(round -> medians[round])
                    .toArray();
        }

        double micros() {
            return quantile(together(), 0.5) / 1000;
        }

        int apart() {
            return medians.length - together().length;
        }
    }

    /** The ratios of two servers' runs, round by round: how many, median, quartiles and range. */
    private record Ratio(
            int rounds, double value, double lowest, double lower, double upper, double highest) {
        static Ratio of(Runs runs, Runs reference) {
            double[] each =
                    IntStream.range(0, Math.min(runs.medians.length, reference.medians.length))
                            .filter(round -> !runs.isApart(round) && !reference.isApart(round))
                            .mapToDouble(round -> runs.medians[round] / reference.medians[round])
                            .toArray();
            return new Ratio(
                    each.length,
                    quantile(each, 0.5),
                    quantile(each, 0),
                    quantile(each, 0.25),
                    quantile(each, 0.75),
                    quantile(each, 1));
        }

        boolean isNoisy() {
            // For a normal distribution: 1.25 sigma / sqrt(n), sigma being quartile range / 1.35.
            double error = 0.93 * (upper - lower) / Math.sqrt(rounds);
            return rounds < QUIET_ROUNDS || error > QUIET_ERROR * value;
        }

        String describe() {
            return text(
                    "%.2f %.2f-%.2f in %d%s",
                    value, lowest, highest, rounds, isNoisy() ? " noisy" : "");
        }
    }

    private static double quantile(double[] values, double part) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double at = part * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    private void write() {
        row("operation", "server", "us", "to libfuse, range", "to raw, range", "apart");
        boolean noisy = false;
        for (var operation : operations.entrySet()) {
            String name = operation.getKey();
            Map<String, Runs> servers = operation.getValue();
            for (var server : servers.entrySet()) {
                Runs runs = server.getValue();
                row(
                        name,
                        server.getKey(),
                        text("%.2f", runs.micros()),
                        Ratio.of(runs, servers.get("libfuse")).describe(),
                        Ratio.of(runs, servers.get("raw")).describe(),
                        text("%d of %d", runs.apart(), runs.medians.length));
                jsonRuns.add(runsJson(name, server.getKey(), runs));
            }
            for (String reference : REFERENCES) {
                Ratio ratio = Ratio.of(servers.get(OURS), servers.get(reference));
                if (ratio.rounds == 0) {
                    throw new IllegalStateException(
                            "nothing measured: in no round of "
                                    + name
                                    + " were both runs together with their servers");
                }
                noisy |= ratio.isNoisy();
                ratio(name + "-vs-" + reference, ratio);
            }
        }
        if (noisy) {
            table.append(
                    text(
                            "%nTOO NOISY: a ratio comes from fewer than %d rounds together, or its"
                                    + " standard error is above %.0f %%; measure again on a quiet"
                                    + " machine%n",
                            QUIET_ROUNDS, 100 * QUIET_ERROR));
        }
    }

    private void row(Object... cells) {
        table.append(text("%-11s %-10s %6s   %-27s %-27s %s%n", cells));
    }

    private void ratio(String name, Ratio ratio) {
        lines.append(text("ratio %s %.2f%n", name, ratio.value));
        jsonRatios.add(
                text(
                        "{\"name\": \"%s\", \"value\": %.3f, \"lowest\": %.3f, \"highest\": %.3f,"
                                + " \"rounds\": %d, \"noisy\": %b}",
                        name,
                        ratio.value,
                        ratio.lowest,
                        ratio.highest,
                        ratio.rounds,
                        ratio.isNoisy()));
    }

    private static String runsJson(String operation, String server, Runs runs) {
        return text(
                "{\"operation\": \"%s\", \"server\": \"%s\", \"medianMicros\": %.3f,"
                        + " \"mediansNanos\": %s, \"meansNanos\": %s}",
                operation, server, runs.micros(), whole(runs.medians), whole(runs.means));
    }

    private static String whole(double[] nanos) {
        return Arrays.toString(Arrays.stream(nanos).mapToLong(Math::round).toArray());
    }

    private String json() {
        return text(
                "{%n  \"benchmark\": \"roundtrip\",%n  \"processors\": %d,%n  \"kernel\": \"%s\",%n"
                        + "  \"java\": \"%s\",%n  \"runs\": %s,%n  \"ratios\": %s%n}%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                System.getProperty("java.runtime.version"),
                jsonRuns,
                jsonRatios);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
