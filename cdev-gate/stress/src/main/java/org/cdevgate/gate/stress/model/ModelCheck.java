package org.cdevgate.gate.stress.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cdevgate.gate.stress.workload.Usage;

/**
 * The command: explores every scenario on the gate, its peers and the broken twins.
 *
 * <pre>
 *   java -javaagent:... -cp ... org.cdevgate.gate.stress.model.ModelCheck
 *       [--short | --long] [--traces] [--share K/N] [part of a name]
 * </pre>
 *
 * <p>Prints a line for each and ends with "model: N passed, N failed, twins caught N of N". Exits
 * with 0 if all passed and all twins were caught, with 1 if not, with 2 for a wrong argument.
 * {@code --short} explores a third as many interleavings, {@code --long} fifty times as many;
 * {@code --traces} tells how each twin was caught, step by step, as is always told of a failure;
 * {@code --share 1/2} takes every second scenario, for two processes that share the work.
 */
public final class ModelCheck {
    private static final Usage USAGE =
            new Usage(
                    ModelCheck.class,
                    "[--short | --long] [--traces] [--share K/N] [part of a scenario's name]",
                    """
                    Explores every scenario on the gate, its peers and the broken twins.

                      --short       a third as many interleavings
                      --long        fifty times as many interleavings
                      --traces      tells how each twin was caught, step by step
                      --share K/N   takes every N-th scenario, from the K-th on
                    """);

    private static final Pattern SHARE = Pattern.compile("([1-9][0-9]{0,3})/([1-9][0-9]{0,3})");

    private double factor = 1;
    private boolean traces;
    private int share = 1;
    private int shares = 1;
    private String part = "";

    private ModelCheck() {}

    public static void main(String[] args) {
        USAGE.helpIfAsked(args);
        ModelCheck command = new ModelCheck();
        String wrong = command.read(args);
        if (wrong != null) {
            USAGE.refuse(wrong);
        }
        // Lincheck tells of each lambda that it cannot look into and of each interrupt, SLF4J of
        // having no provider. What goes wrong is in Lincheck's answer.
        System.setProperty("lincheck.logLevel", "OFF");
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        ModelRun run = new ModelRun(System.out, command.factor, command.traces);
        System.exit(run.run(command.share, command.shares, command.part) ? 0 : 1);
    }

    /** What is wrong with the arguments, or null. */
    private String read(String[] args) {
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--short" -> factor = 1 / 3.0;
                case "--long" -> factor = 50;
                case "--traces" -> traces = true;
                case "--share" -> {
                    i++;
                    Matcher match = SHARE.matcher(i < args.length ? args[i] : "");
                    if (!match.matches() || Integer.parseInt(match.group(1)) > shares(match)) {
                        return "--share wants K/N, such as 1/2, with K from 1 to N";
                    }
                    share = Integer.parseInt(match.group(1));
                    shares = shares(match);
                }
                default -> {
                    if (args[i].startsWith("-") || !part.isEmpty()) {
                        return "unknown argument " + args[i];
                    }
                    part = args[i];
                }
            }
        }
        return null;
    }

    private static int shares(Matcher match) {
        return Integer.parseInt(match.group(2));
    }
}
