package org.cdevgate.gate.stress.model;

/**
 * The command: explores every scenario on the gate, its peers and the broken twins.
 *
 * <pre>
 *   java -javaagent:... -cp ... org.cdevgate.gate.stress.model.ModelCheck [--long] [--traces] [part of a name]
 * </pre>
 *
 * <p>Prints a line for each and ends with "model: N passed, N failed, twins caught N of N". Exits
 * with 0 if all passed and all twins were caught, with 2 for a wrong argument. {@code --long}
 * explores fifty times as many interleavings; {@code --traces} tells how each twin was caught, step
 * by step, as is always told of a failure.
 */
public final class ModelCheck {
    private ModelCheck() {}

    public static void main(String[] args) {
        boolean isLong = false;
        boolean traces = false;
        String part = "";
        for (String each : args) {
            switch (each) {
                case "--long" -> isLong = true;
                case "--traces" -> traces = true;
                default -> {
                    if (each.startsWith("-") || !part.isEmpty()) {
                        System.err.println(
                                "model: unknown argument "
                                        + each
                                        + "; known are --long, --traces and one part of a name");
                        System.exit(2);
                    }
                    part = each;
                }
            }
        }
        // Lincheck warns of each lambda that it cannot look into, SLF4J of having no provider.
        System.setProperty("lincheck.logLevel", "ERROR");
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.exit(ModelRun.run(isLong, traces, part) ? 0 : 1);
    }
}
