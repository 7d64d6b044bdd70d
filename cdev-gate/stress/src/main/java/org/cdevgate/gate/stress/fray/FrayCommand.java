package org.cdevgate.gate.stress.fray;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cdevgate.gate.stress.workload.Usage;

/**
 * The command that {@code fray.sh} starts, when Fray and the changed run-time image are there:
 * explores every case on the library, and on the library with each of its faults.
 *
 * <pre>
 *   java -cp ... org.cdevgate.gate.stress.fray.FrayCommand
 *       FOLDER SOURCES CLASSPATH [--long] [part of a case's name]
 * </pre>
 *
 * <p>Prints a line for each and ends with "fray: N cases, N schedules, N failed, twins caught N of
 * N". Exits with 0 if none failed and all faults were found, with 1 if not, with 2 for a wrong
 * argument.
 */
public final class FrayCommand {
    private static final Usage USAGE =
            new Usage(
                    FrayCommand.class,
                    "FOLDER SOURCES CLASSPATH [--long] [part of a case's name]",
                    """
                    Explores every case on the library, and on the library with each of its faults;
                    to be started by cdev-gate/stress/fray.sh, which gives the first three.

                      --long   fifty times as many schedules
                    """);

    private static final int SCHEDULES = 400;
    private static final int SCHEDULES_OF_A_FAULT = 20_000;
    private static final int LONG = 50;

    /**
     * Steps of one schedule, more than any needs. The first one of a case counts those of loading
     * classes too, which are more than 20,000 where a pool or a clock is used; and a schedule that
     * the limit ends leaves statics behind that the next ones stumble over.
     */
    private static final int STEPS = 200_000;

    /** For those schedules: a limit for code that loops, not for a busy machine. */
    private static final int SECONDS = 600;

    /** How long Fray may take to begin, and to end, on a busy machine. */
    private static final int PATIENCE_SECONDS = 120;

    private final PrintStream out;
    private final Path folder;
    private final Path sources;
    private final String classPath;
    private final boolean isLong;
    private volatile Process running;
    private int cases;
    private int schedules;
    private int failed;
    private int faults;
    private int caught;

    FrayCommand(PrintStream out, Path folder, Path sources, String classPath, boolean isLong) {
        this.out = out;
        this.folder = folder;
        this.sources = sources;
        this.classPath = classPath;
        this.isLong = isLong;
    }

    public static void main(String[] args) throws Exception {
        List<String> rest = new ArrayList<>(List.of(args));
        USAGE.check(args, 3, 4, "--long");
        Path folder = Path.of(rest.remove(0));
        Path sources = Path.of(rest.remove(0));
        String classPath = rest.remove(0);
        boolean isLong = rest.remove("--long");
        String part = rest.isEmpty() ? "" : rest.get(0);
        List<FrayCase> some =
                FrayCases.all().stream().filter(each -> each.name().contains(part)).toList();
        if (some.isEmpty()) {
            USAGE.refuse("no case is called like \"" + part + "\"; there are " + FrayCases.all());
        }
        FrayCommand run = new FrayCommand(System.out, folder, sources, classPath, isLong);
        Runtime.getRuntime().addShutdownHook(new Thread(run::kill, "end of Fray"));
        System.exit(run.run(some) ? 0 : 1);
    }

    /** Leaves no Fray behind when this process is told to end. */
    private void kill() {
        Process process = running;
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** Whether no case failed and every fault was found. */
    boolean run(List<FrayCase> all) throws IOException, InterruptedException {
        for (FrayCase each : all) {
            judge(each, explore(each, each.method(), null));
            for (int i = 0; i < each.faults().size(); i++) {
                Fault fault = each.faults().get(i);
                String name = each.method() + "-" + i;
                Path into = folder.resolve("faults").resolve(name);
                Fault.empty(into);
                judge(each, fault, explore(each, name, fault.compile(sources, classPath, into)));
            }
        }
        out.println(summary());
        return failed == 0 && caught == faults;
    }

    /** The last line. */
    String summary() {
        return "fray: "
                + cases
                + " cases, "
                + schedules
                + " schedules, "
                + failed
                + " failed, twins caught "
                + caught
                + " of "
                + faults;
    }

    /** What came of a case on the library as it is. */
    void judge(FrayCase which, FrayReport report) {
        cases++;
        schedules += report.schedules();
        if (report.passed()) {
            out.println("fray: " + which + ": " + report.schedules() + " schedules");
        } else {
            failed++;
            out.println(
                    "fray: FAILED: "
                            + which
                            + ": schedule "
                            + report.schedules()
                            + ": "
                            + report.seen());
            out.println(report.error() == null ? "" : report.error());
        }
    }

    /** What came of it on the library with a fault. */
    void judge(FrayCase which, Fault fault, FrayReport report) {
        faults++;
        schedules += report.schedules();
        String what = which + ", " + fault.name() + ": schedule " + report.schedules() + ": ";
        if (fault.isShownBy(report)) {
            caught++;
            out.println("twin caught: " + what + String.join("; ", fault.shows()));
        } else {
            out.println(
                    "TWIN NOT CAUGHT: "
                            + what
                            + "it was to show "
                            + fault.shows()
                            + ", and showed: "
                            + report.seen());
            out.println(report.error() == null ? "" : report.error());
        }
    }

    /**
     * Explores a case.
     *
     * @param patch where the classes with a fault are, or null
     */
    private FrayReport explore(FrayCase which, String name, Path patch)
            throws IOException, InterruptedException {
        Path report = folder.resolve("reports").resolve(name);
        Path printed = folder.resolve("reports").resolve(name + ".txt");
        Files.createDirectories(report.getParent());
        int most = (patch == null ? SCHEDULES : SCHEDULES_OF_A_FAULT) * (isLong ? LONG : 1);
        int seconds = SECONDS * (isLong ? LONG / 10 : 1);
        Process process =
                new ProcessBuilder(command(which, report, patch, most, seconds))
                        .redirectErrorStream(true)
                        .redirectOutput(printed.toFile())
                        .start();
        running = process;
        try {
            if (!process.waitFor((long) seconds + PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                out.println("fray: " + which + " does not end; what it printed is in " + printed);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        Path log = report.resolve("fray.log");
        FrayReport found = FrayReport.of(Files.exists(log) ? Files.readAllLines(log) : List.of());
        if (!found.finished()) {
            out.println("fray: " + which + " came to no end; what it printed is in " + printed);
        }
        return found;
    }

    private List<String> command(FrayCase which, Path report, Path patch, int most, int seconds)
            throws IOException {
        Path lib = folder.resolve("lib");
        String changed = patch == null ? "" : patch + ":";
        return List.of(
                folder.resolve("java/bin/java").toString(),
                "-ea",
                "-Dslf4j.internal.verbosity=ERROR",
                "@" + System.getProperty("cdevgate.jvm.args"),
                "-javaagent:" + jar(lib, "fray-instrumentation-agent-"),
                "-agentpath:" + folder.resolve("jvmti/libjvmti.so"),
                "-cp",
                changed + classPath + ":" + lib + "/*",
                "org.pastalab.fray.core.MainKt",
                "--run-config=cli",
                "--clazz=" + which.owner().getName(),
                "--method=" + which.method(),
                "--scheduler=pct",
                "--system-time-delegate-type=mock", // the time that a pool waits is over at once
                "--virtual-time-delta=5000000",
                "-m", // switches also at reads and writes of shared fields
                "-s",
                String.valueOf(STEPS),
                "-i",
                String.valueOf(most),
                "-t",
                String.valueOf(seconds),
                "-o",
                report.toString());
    }

    private static Path jar(Path lib, String prefix) throws IOException {
        try (var jars = Files.newDirectoryStream(lib, prefix + "*.jar")) {
            for (Path each : jars) {
                return each;
            }
        }
        throw new IllegalStateException("no " + prefix + "*.jar in " + lib);
    }
}
