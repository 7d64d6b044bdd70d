package org.cdevgate.fuse.faults;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.cdevgate.fuse.faults.server.ServerSabotage;
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
        int seconds,
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

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException if one is unknown or out of range; the message lists them
     */
    static SuiteOptions parse(String... args) {
        Deque<String> left = new ArrayDeque<>(List.of(args));
        long seed = System.nanoTime() & 0xffffff;
        int rounds = Integer.MAX_VALUE;
        int seconds = QUICK_SECONDS;
        int steps = STEPS;
        ServerSabotage sabotage = ServerSabotage.NONE;
        boolean sleepers = true;
        boolean attacks = true;
        String attack = "";
        boolean verbose = false;
        Path target = Path.of("target");
        while (!left.isEmpty()) {
            String option = left.pop();
            switch (option) {
                case "--seed" -> seed = number(option, left, 0);
                case "--rounds" -> rounds = (int) number(option, left, 1);
                case "--seconds" -> seconds = (int) number(option, left, 1);
                case "--steps" -> steps = (int) number(option, left, 1);
                case "--long" -> seconds = LONG_SECONDS;
                case "--sabotage" -> sabotage = ServerSabotage.of(value(option, left));
                case "--no-sleepers" -> sleepers = false;
                case "--no-attacks" -> attacks = false;
                case "--attack" -> {
                    attack = value(option, left);
                    sleepers = false;
                    rounds = 0;
                }
                case "--verbose" -> verbose = true;
                case "--target" -> target = Path.of(value(option, left));
                default ->
                        throw new IllegalArgumentException(
                                "unknown option " + option + "; " + USAGE.line());
            }
        }
        return new SuiteOptions(
                seed,
                rounds,
                seconds,
                steps,
                sabotage,
                sleepers,
                attacks,
                attack,
                seconds > THOROUGH_SECONDS,
                verbose,
                target.toAbsolutePath(),
                target.resolve("faults").toAbsolutePath());
    }

    static final Usage USAGE =
            new Usage(
                    FaultSuite.class,
                    "[--seed S] [--rounds N] [--seconds N] [--steps N] [--long] [--sabotage NAME]"
                            + " [--no-sleepers] [--no-attacks] [--attack NAME] [--verbose]"
                            + " [--target FOLDER]",
                    "Attacks servers with all kinds of clients and faults, and judges each call;"
                            + " docs/faults.md tells what each option means.");

    private static String value(String option, Deque<String> left) {
        if (left.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value; " + USAGE.line());
        }
        return left.pop();
    }

    private static long number(String option, Deque<String> left, int least) {
        String text = value(option, left);
        long number;
        try {
            number = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " '" + text + "' is no number", e);
        }
        if (number < least || number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    option + " " + text + "; give " + least + " to " + Integer.MAX_VALUE);
        }
        return number;
    }
}
