package org.cdevgate.gate.stress.workload;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** The command line of a run: pairs of {@code --name value}. Immutable. */
public final class RunOptions {
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
     * @throws IllegalArgumentException names what is wrong
     */
    public static RunOptions parse(String[] args, long seconds) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            if (!args[i].startsWith("--")) {
                throw new IllegalArgumentException("argument " + args[i] + " is not an option");
            }
            if (i + 1 == args.length) {
                throw new IllegalArgumentException("option " + args[i] + " needs a value");
            }
            values.put(args[i].substring(2), args[i + 1]);
        }
        long lasts = number(values, "seconds", seconds);
        if (lasts < 1) {
            throw new IllegalArgumentException("--seconds " + lasts + " is less than 1");
        }
        long seed = number(values, "seed", ThreadLocalRandom.current().nextLong(1L << 32));
        return new RunOptions(lasts, seed, values);
    }

    private static long number(Map<String, String> values, String name, long otherwise) {
        String text = values.remove(name);
        try {
            return text == null ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " " + text + " is not a number", e);
        }
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
