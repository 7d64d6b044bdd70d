package org.cdevgate.gate.stress.anomaly;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.cdevgate.gate.stress.workload.Usage;

/**
 * The command: runs each scenario with an OutOfMemoryError at its first allocation, its second and
 * so on, then with a StackOverflowError at each of its calls, until a run has come to its end
 * without. After each run nothing may be in flight, others are served, and the device can be
 * removed.
 *
 * <pre>
 *   java -javaagent:...jar=anomalies -cp ... org.cdevgate.gate.stress.anomaly.Anomalies [part of a name]
 * </pre>
 *
 * <p>Prints a line for each scenario and each failure, and ends with "anomalies: N points in N
 * scenarios, N passed, N failed". Exits with 0 if none failed.
 */
public final class Anomalies {
    private static final Usage USAGE =
            new Usage(
                    Anomalies.class,
                    "[part of a scenario's name]",
                    "Runs scenarios with an Error at each place; to be started with its agent, see"
                            + " docs/stress.md.");

    /** Of one kind in a scenario: twice what the longest has. One with more has no end. */
    private static final int MOST_POINTS = 6_000;

    /** Of one scenario: the others would tell the same, and some leave threads that spin. */
    private static final int MOST_FAILURES = 3;

    private static final long PATIENCE_MILLIS = 20_000;

    private volatile String now;
    private int points;
    private int passed;
    private int failed;

    // Of the last run.
    private String wrong;
    private Throwable thrown;

    private Anomalies() {}

    public static void main(String[] args) throws InterruptedException {
        USAGE.check(args, 0, 1);
        AnomalyTransformer.check();
        ExecutorService others =
                Executors.newCachedThreadPool(
                        work -> {
                            Thread thread = new Thread(work, "another");
                            thread.setDaemon(true);
                            return thread;
                        });
        Anomalies command = new Anomalies();
        Map<String, Supplier<Trial>> scenarios = GateTrials.all(others);
        scenarios.keySet().removeIf(name -> args.length > 0 && !name.contains(args[0]));
        if (scenarios.isEmpty()) {
            USAGE.refuse("no scenario has \"" + args[0] + "\" in its name");
        }
        Thread runner = new Thread(() -> scenarios.forEach(command::explore), "anomalies");
        runner.setDaemon(true);
        runner.start();
        String before = null;
        while (runner.isAlive()) {
            runner.join(PATIENCE_MILLIS);
            if (runner.isAlive() && command.now.equals(before)) {
                System.out.println("FAILED: " + before + " hangs:");
                Thread.getAllStackTraces()
                        .forEach(
                                (thread, stack) -> {
                                    System.out.println("  " + thread);
                                    for (StackTraceElement each : stack) {
                                        System.out.println("    " + each);
                                    }
                                });
                command.failed++;
                break;
            }
            before = command.now;
        }
        System.out.println(
                "anomalies: "
                        + command.points
                        + " points in "
                        + scenarios.size()
                        + " scenarios, "
                        + command.passed
                        + " passed, "
                        + command.failed
                        + " failed");
        System.exit(command.failed == 0 && command.passed > 0 ? 0 : 1);
    }

    private void explore(String name, Supplier<Trial> scenario) {
        int failures = 0;
        int before = points;
        long start = System.nanoTime();
        now = name;
        runOnce(scenario, Anomaly.Kind.OUT_OF_MEMORY, MOST_POINTS); // first uses
        for (Anomaly.Kind kind : Anomaly.Kind.values()) {
            for (int n = 1; n <= MOST_POINTS && failures < MOST_FAILURES; n++) {
                now = name + ", " + kind + " " + n;
                String place = runOnce(scenario, kind, n);
                if (place == null) {
                    break;
                }
                points++;
                if (n == MOST_POINTS) {
                    failures++;
                    System.out.println(
                            "FAILED: "
                                    + now
                                    + " at "
                                    + place
                                    + " is not the last: each trial makes the next one longer");
                }
                if (wrong != null) {
                    failures++;
                    System.out.println(
                            "FAILED: " + now + " at " + place + ": " + wrong + ", after " + thrown);
                }
            }
            if (wrong != null) {
                failures++;
                System.out.println("FAILED: " + name + " without an anomaly: " + wrong);
            }
        }
        System.out.println(
                name
                        + ": "
                        + (points - before)
                        + " points, "
                        + (System.nanoTime() - start) / 1_000_000
                        + " ms");
        if (failures == 0) {
            passed++;
        } else {
            failed++;
        }
    }

    /** Returns where something failed, or null. */
    private String runOnce(Supplier<Trial> scenario, Anomaly.Kind kind, int n) {
        Trial trial = scenario.get();
        String place = null;
        wrong = null;
        thrown = null;
        try {
            trial.prepare();
            Anomaly.arm(kind, n, trial.hasRoom());
            try {
                trial.run();
            } catch (Throwable e) {
                thrown = e; // what the caller gets is its own; what it leaves to others counts
            } finally {
                place = Anomaly.disarm();
            }
            wrong = trial.judge();
        } catch (Throwable e) {
            wrong = e + " at " + List.of(e.getStackTrace());
        }
        return place;
    }
}
