package org.cdevgate.fuse.faults;

import java.nio.file.Path;
import java.util.List;
import org.cdevgate.fuse.faults.server.ServerSabotage;
import org.cdevgate.gate.stress.workload.RunOptions;
import org.cdevgate.gate.stress.workload.Usage;

/**
 * What the command line chose.
 *
 * @param seed of the first round
 * @param rounds at most
 * @param seconds after which no round is begun
 * @param steps faults in a round
 * @param sabotage what the server is to do wrong
 * @param sleepers whether thousands of sleepers come first
 * @param attacks whether there are attacks
 * @param attack the only one to run; empty for all
 * @param thorough whether attacks take more than the quick mode's share of the time
 * @param verbose whether each round is told
 * @param programs the folder of the compiled client and keeper
 * @param results where logs of rounds with violations stay
 */
record SuiteOptions(
        long seed,
        int rounds,
        long seconds,
        int steps,
        ServerSabotage sabotage,
        boolean sleepers,
        boolean attacks,
        String attack,
        boolean thorough,
        boolean verbose,
        Path programs,
        Path results) {
    private static final int QUICK_SECONDS = 35;
    private static final int THOROUGH_SECONDS = 300;
    private static final int LONG_SECONDS = 1800;
    private static final int STEPS = 60;
    private static final String[] FLAGS = {"long", "no-sleepers", "no-attacks", "verbose"};

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException if one is unknown or out of range; the message names it
     */
    static SuiteOptions parse(String... args) {
        boolean isLong = List.of(args).contains("--long");
        RunOptions options = RunOptions.parse(args, isLong ? LONG_SECONDS : QUICK_SECONDS, FLAGS);
        options.takeFlag("long");
        String attack = options.take("attack");
        String sabotage = options.take("sabotage");
        String target = options.take("target");
        Path programs = Path.of(target == null ? "target" : target).toAbsolutePath();
        int rounds = options.takeNumber("rounds", 1, Integer.MAX_VALUE);
        boolean noSleepers = options.takeFlag("no-sleepers");
        SuiteOptions chosen =
                new SuiteOptions(
                        options.seed(),
                        attack == null ? rounds : 0,
                        options.seconds(),
                        options.takeNumber("steps", 1, STEPS),
                        sabotage == null ? ServerSabotage.NONE : ServerSabotage.of(sabotage),
                        attack == null && !noSleepers,
                        !options.takeFlag("no-attacks"),
                        attack == null ? "" : attack,
                        options.seconds() > THOROUGH_SECONDS,
                        options.takeFlag("verbose"),
                        programs,
                        programs.resolve("faults"));
        options.refuseOthers();
        return chosen;
    }

    static final Usage USAGE =
            new Usage(
                    FaultSuite.class,
                    "[--seed S] [--rounds N] [--seconds N] [--steps N] [--long] [--sabotage NAME]"
                            + " [--no-sleepers] [--no-attacks] [--attack NAME] [--verbose]"
                            + " [--target FOLDER]",
                    "Attacks servers with all kinds of clients and faults, and judges each call;"
                            + " docs/faults.md tells what each option means.");
}
