package org.cdevgate.gate.stress.workload;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** The command line of a run: pairs of {@code --name value}, and flags {@code --name}. */
public final class RunOptions {
    // What the scripts take for a number.
    private static final int MAX_SEED = 1_000_000_000;

    private final long seconds;
    private final long seed;
    private final Map<String, String> others;

    private RunOptions(long seconds, long seed, Map<String, String> others) {
        this.seconds = seconds;
        this.seed = seed;
        this.others = others;
    }

    /**
     * Reads the arguments. Without {@code --seed} takes one at random.
     *
     * @param seconds if {@code --seconds} is not given
     * @param flags the options that have no value
     * @throws IllegalArgumentException names what is wrong
     */
    public static RunOptions parse(String[] args, int seconds, String... flags) {
        Map<String, String> values = new LinkedHashMap<>();
        Iterator<String> left = List.of(args).iterator();
        while (left.hasNext()) {
            String option = left.next();
            if (!option.startsWith("--")) {
                throw new IllegalArgumentException("argument " + option + " is not an option");
            }
            String name = option.substring(2);
            if (List.of(flags).contains(name)) {
                values.put(name, "");
            } else if (left.hasNext()) {
                values.put(name, left.next());
            } else {
                throw new IllegalArgumentException(
                        "option " + option + " is unknown, or needs a value");
            }
        }
        return new RunOptions(
                number(values, "seconds", 1, Integer.MAX_VALUE, seconds),
                number(
                        values,
                        "seed",
                        0,
                        Long.MAX_VALUE,
                        ThreadLocalRandom.current().nextInt(MAX_SEED)),
                values);
    }

    private static long number(
            Map<String, String> values, String name, int least, long most, long otherwise) {
        String text = values.remove(name);
        if (text == null) {
            return otherwise;
        }
        long number;
        try {
            number = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " " + text + " is not a number", e);
        }
        if (number < least || number > most) {
            throw new IllegalArgumentException(
                    "--" + name + " " + text + "; give " + least + " to " + most);
        }
        return number;
    }

    /** How long to run. */
    public long seconds() {
        return seconds;
    }

    /** What fixes each thread's decisions. */
    public long seed() {
        return seed;
    }

    /**
     * The value of another option.
     *
     * @return null if it was not given
     */
    public String take(String name) {
        return others.remove(name);
    }

    /** Whether a flag was given. */
    public boolean takeFlag(String name) {
        return others.remove(name) != null;
    }

    /**
     * The number that another option has.
     *
     * @param otherwise if it was not given
     * @throws IllegalArgumentException if it is less than {@code least}, or none
     */
    public int takeNumber(String name, int least, int otherwise) {
        return (int) number(others, name, least, Integer.MAX_VALUE, otherwise);
    }

    /**
     * Refuses options that nobody took.
     *
     * @throws IllegalArgumentException names one
     */
    public void refuseOthers() {
        if (!others.isEmpty()) {
            throw new IllegalArgumentException(
                    "option --" + others.keySet().iterator().next() + " is unknown");
        }
    }
}
