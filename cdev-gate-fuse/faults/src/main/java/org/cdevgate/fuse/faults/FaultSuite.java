package org.cdevgate.fuse.faults;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cdevgate.fuse.faults.attack.AttackRounds;

/**
 * Runs attacks, then rounds until the time is over, in a long run with further attacks among them,
 * and prints {@code bystander: longest stall N ms (ATTACK)} and {@code faults: N rounds, N
 * violations} at the end. Each round's seed is the first one's plus its number, so that a round can
 * be run alone.
 */
public final class FaultSuite {
    private static final long BETWEEN_ATTACKS_NANOS = TimeUnit.SECONDS.toNanos(40);

    private final SuiteOptions options;
    private int rounds;
    private int violations;
    private long calls;

    private FaultSuite(SuiteOptions options) {
        this.options = options;
    }

    /** See {@link SuiteOptions}; exits non-zero if there was a violation. */
    public static void main(String[] args) throws Exception {
        SuiteOptions.USAGE.helpIfAsked(args);
        SuiteOptions options;
        try {
            options = SuiteOptions.parse(args);
        } catch (IllegalArgumentException e) {
            SuiteOptions.USAGE.refuse(e.getMessage());
            return;
        }
        FaultSuite suite = new FaultSuite(options);
        try {
            suite.run();
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
        System.exit(suite.violations == 0 ? 0 : 1);
    }

    private void run() throws IOException, InterruptedException {
        if (options.sleepers()) {
            violations += ManySleepers.run(options);
        }
        AttackRounds attacks =
                new AttackRounds(
                        options.programs(),
                        Files.createDirectories(options.results()),
                        options.thorough(),
                        options.attack());
        if (options.attacks()) {
            attacks.runAll();
        }
        if (options.rounds() > 0) {
            runRounds(attacks);
        }
        violations += attacks.violations();
        System.out.println(calls + " calls of clients judged");
        if (options.attacks()) {
            System.out.println(attacks.longestStall());
        }
        System.out.println("faults: " + rounds + " rounds, " + violations + " violations");
    }

    private void runRounds(AttackRounds attacks) throws IOException, InterruptedException {
        Path base = Files.createTempDirectory("cdev-gate-faults-").toRealPath();
        MountFolder folder = new MountFolder(Files.createDirectory(base.resolve("dev")));
        System.out.println("seed " + options.seed() + ", mounting on " + folder.path());
        try (FaultStage stage =
                new FaultStage(
                        options.programs(),
                        folder,
                        options.sabotage(),
                        Files.createDirectories(options.results()).resolve("server.log"))) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.seconds());
            long nextAttack = System.nanoTime() + BETWEEN_ATTACKS_NANOS;
            while (rounds < options.rounds() && System.nanoTime() - deadline < 0) {
                runRound(stage, options.seed() + rounds);
                rounds++;
                if (options.attacks() && System.nanoTime() - nextAttack > 0) {
                    attacks.runNext();
                    nextAttack = System.nanoTime() + BETWEEN_ATTACKS_NANOS;
                }
            }
        } finally {
            folder.clear();
            Files.deleteIfExists(folder.path());
            Files.deleteIfExists(base);
        }
    }

    private void runRound(FaultStage stage, long seed) throws IOException, InterruptedException {
        FaultPlan plan = new FaultPlan(seed, options.steps());
        Path logs = options.results().resolve("round-" + seed);
        delete(logs);
        if (options.verbose()) {
            System.out.println("round " + rounds + ", seed " + seed + ": " + plan);
        }
        Round round = new Round(plan, stage, logs);
        List<String> found = round.run();
        calls += round.calls();
        violations += found.size();
        if (found.isEmpty()) {
            delete(logs);
            return;
        }
        System.out.println("round " + rounds + ", seed " + seed + ": " + plan);
        for (String each : found) {
            System.out.println("VIOLATION in the round of seed " + seed + ": " + each.strip());
        }
        System.out.println("what happened last (all of it in " + logs + "/timeline.txt):");
        round.timeline().forEach(line -> System.out.println("  " + line));
        System.out.println("again: --seed " + seed + " --rounds 1");
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
