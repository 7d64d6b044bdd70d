package org.cdevgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import org.cdevgate.gate.stress.workload.Usage;

/**
 * Turns the runs that {@code run.sh} wrote down into a table, a JSON file and the {@code ratio}
 * lines.
 *
 * <p>A line of the input is one run of the client: {@code PLACEMENT THREADS OPERATION SERVER MEDIAN
 * MEAN}, the times in nanoseconds. Run number <i>n</i> of an operation against one server was made
 * next to number <i>n</i> against each other server, so ratios are taken within a round first and
 * then their median: what slows the machine for a while slows both sides of a ratio.
 *
 * <p>Left free, the scheduler runs a client with one thread and its server on one processor or on
 * two, and mostly stays with it for a whole run. On two, each call waits for a sleeping processor
 * twice, which in a virtual machine takes many times as long as the call and is the same whoever
 * serves. A ratio of two runs in different places would tell of nothing but the places, so these
 * ratios are of rounds in which both ran together, where there are any; how often each server's
 * runs were apart stands next to them.
 */
public final class Report {
    private static final String OURS = "cdev-gate";
    private static final String NO_SPIN = "cdev-gate-no-spin";
    private static final List<String> REFERENCES = List.of("raw", "libfuse", "jnr-fuse", NO_SPIN);

    /** A ratio is known when its median's standard error is at most this part of it. */
    private static final double QUIET_ERROR = 0.04;

    /** And it comes from at least so many rounds. */
    private static final int QUIET_ROUNDS = 9;

    /** A run so many times slower than the server's fastest was apart from it. */
    private static final double APART = 2;

    private final Map<Setting, Map<String, Runs>> settings = new LinkedHashMap<>();
    private final StringBuilder table = new StringBuilder();
    private final StringBuilder lines = new StringBuilder();
    private final StringJoiner jsonRuns = new StringJoiner(",\n    ", "[\n    ", "\n  ]");
    private final StringJoiner jsonRatios = new StringJoiner(",\n    ", "[\n    ", "\n  ]");

    private Report() {}

    /** The file of runs, then where the JSON goes. */
    public static void main(String[] args) throws IOException {
        new Usage(
                        Report.class,
                        "RUNS JSON",
                        "Tells what the runs in a file mean, and writes it to another one.")
                .check(args, 2, 2);
        Report report = new Report();
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            String[] fields = line.split(" ", -1);
            Setting setting = new Setting(fields[0], Integer.parseInt(fields[1]), fields[2]);
            report.settings
                    .computeIfAbsent(setting, operation -> new LinkedHashMap<>())
                    .computeIfAbsent(fields[3], server -> new Runs(setting.isPlacedByScheduler()))
                    .add(Double.parseDouble(fields[4]), Double.parseDouble(fields[5]));
        }
        report.write();
        Files.writeString(Path.of(args[1]), report.json());
        System.out.println(report.table);
        System.out.print(report.lines);
    }

    /** What was run: where client and server were, with how many threads, which operation. */
    private record Setting(String placement, int threads, String operation) {
        boolean isPlacedByScheduler() {
            return placement.equals("free") && threads == 1;
        }

        boolean isSmall() {
            return List.of("null-ioctl", "read-8", "poll").contains(operation);
        }

        String name() {
            return operation
                    + (threads == 1 ? "" : "-" + threads + "-clients")
                    + (placement.equals("free") ? "" : "-" + placement);
        }

        /** What the ratio to a reference is to be at most; empty if that is not a goal. */
        OptionalDouble goal(String reference) {
            if (!isSmall()) {
                return OptionalDouble.empty();
            }
            double limit =
                    switch (placement + threads + reference) {
                        case "free1raw" -> 1.20;
                        case "free1libfuse" -> 0.80;
                        case "free4libfuse" -> 1.00;
                        case "free1jnr-fuse" -> 1 / 1.5;
                        case "apart1raw" -> 0.30;
                        case "free1" + NO_SPIN, "same1" + NO_SPIN -> 1.05;
                        default -> Double.NaN;
                    };
            return Double.isNaN(limit) ? OptionalDouble.empty() : OptionalDouble.of(limit);
        }
    }

    /** The client's runs of one operation against one server, in order. */
    private static final class Runs {
        private final boolean placedByScheduler;
        private double[] medians = {};
        private double[] means = {};

        Runs(boolean placedByScheduler) {
            this.placedByScheduler = placedByScheduler;
        }

        void add(double median, double mean) {
            medians = Arrays.copyOf(medians, medians.length + 1);
            medians[medians.length - 1] = median;
            means = Arrays.copyOf(means, means.length + 1);
            means[means.length - 1] = mean;
        }

        boolean isApart(int round) {
            return placedByScheduler && medians[round] > APART * quantile(medians, 0);
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
        /** Of the rounds in which both ran together; if there is none, of all, as noise. */
        static Ratio of(Runs runs, Runs reference) {
            int all = Math.min(runs.medians.length, reference.medians.length);
            int[] together =
                    IntStream.range(0, all)
                            .filter(round -> !runs.isApart(round) && !reference.isApart(round))
                            .toArray();
            IntStream rounds =
                    together.length > 0 ? IntStream.of(together) : IntStream.range(0, all);
            double[] each =
                    rounds.mapToDouble(round -> runs.medians[round] / reference.medians[round])
                            .toArray();
            return new Ratio(
                    together.length,
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
            return text("%.2f %.2f-%.2f%s", value, lowest, highest, isNoisy() ? " noisy" : "");
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
        row("operation", "server", "us", "to raw, range", "to libfuse, range", "apart");
        boolean noisy = false;
        for (var setting : settings.entrySet()) {
            Setting what = setting.getKey();
            Map<String, Runs> servers = setting.getValue();
            for (var server : servers.entrySet()) {
                Runs runs = server.getValue();
                row(
                        what.name(),
                        server.getKey(),
                        text("%.2f", runs.micros()),
                        Ratio.of(runs, servers.get("raw")).describe(),
                        Ratio.of(runs, servers.get("libfuse")).describe(),
                        what.isPlacedByScheduler()
                                ? text("%d of %d", runs.apart(), runs.medians.length)
                                : "");
                jsonRuns.add(runsJson(what, server.getKey(), runs));
            }
            for (String reference : REFERENCES) {
                Ratio ratio = Ratio.of(servers.get(OURS), servers.get(reference));
                OptionalDouble goal = what.goal(reference);
                noisy |= goal.isPresent() && ratio.isNoisy();
                ratio(what.name() + "-vs-" + reference, ratio, goal);
            }
        }
        if (noisy) {
            table.append(
                    text(
                            "%nTOO NOISY: a ratio with a goal comes from fewer than %d rounds, or"
                                    + " its standard error is above %.0f %%; measure again on a"
                                    + " quiet machine%n",
                            QUIET_ROUNDS, 100 * QUIET_ERROR));
        }
    }

    private void row(Object... cells) {
        table.append(text("%-21s %-17s %8s   %-22s %-22s %s%n", cells));
    }

    private void ratio(String name, Ratio ratio, OptionalDouble goal) {
        if (goal.isPresent()) {
            lines.append(
                    text(
                            "ratio %s %.2f goal<=%.2f%s%n",
                            name,
                            ratio.value,
                            goal.getAsDouble(),
                            ratio.isNoisy() ? " noisy" : ""));
        }
        jsonRatios.add(
                text(
                        "{\"name\": \"%s\", \"value\": %.3f, \"lowest\": %.3f, \"highest\": %.3f,"
                                + " \"rounds\": %d, \"noisy\": %b, \"goal\": %s}",
                        name,
                        ratio.value,
                        ratio.lowest,
                        ratio.highest,
                        ratio.rounds,
                        ratio.isNoisy(),
                        goal.isPresent() ? text("%.3f", goal.getAsDouble()) : "null"));
    }

    private static String runsJson(Setting what, String server, Runs runs) {
        return text(
                "{\"placement\": \"%s\", \"threads\": %d, \"operation\": \"%s\","
                        + " \"server\": \"%s\", \"medianMicros\": %.3f, \"mediansNanos\": %s,"
                        + " \"meansNanos\": %s}",
                what.placement(),
                what.threads(),
                what.operation(),
                server,
                runs.micros(),
                whole(runs.medians),
                whole(runs.means));
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
