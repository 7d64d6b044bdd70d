package org.cdevgate.gate.stress.driver;

import java.io.PrintStream;
import java.time.Duration;
import org.cdevgate.gate.stress.workload.Options;

/**
 * {@link DriverStress} from the command line:
 *
 * <pre>
 *   java -cp cdev-gate/stress/target/jcstress.jar:your.jar org.cdevgate.gate.stress.driver.Main \
 *       --factory your.Factory [--seconds N] [--seed S] [--ioctls 0x80044b01,0x4b02]
 * </pre>
 *
 * <p>Exit status 0 if nothing was found, 1 if something was, 2 for wrong arguments.
 */
public final class Main {
    private static final String USAGE =
            "usage: Main --factory CLASS [--seconds N] [--seed S] [--ioctls N,N,...]";

    private Main() {}

    /** Runs it; see the class comment. */
    public static void main(String[] args) throws InterruptedException {
        System.exit(run(args, System.out));
    }

    static int run(String[] args, PrintStream out) throws InterruptedException {
        Options options;
        DriverStress stress;
        try {
            options = Options.parse(args, 10);
            stress = DriverStress.of(factory(options.take("factory")));
            stress.ioctls(numbers(options.take("ioctls")));
            options.refuseOthers();
        } catch (IllegalArgumentException e) {
            out.println("driver stress: " + e.getMessage() + "; " + USAGE);
            return 2;
        }
        out.println("driver stress: seed " + options.seed() + "; repeat with --seed and it");
        StressReport report =
                stress.seed(options.seed()).duration(Duration.ofSeconds(options.seconds())).run();
        report.counts().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .forEach(each -> out.printf("%12d  %s%n", each.getValue(), each.getKey()));
        report.findings().forEach(out::println);
        out.println(report.toString().lines().findFirst().orElseThrow());
        return report.isClean() ? 0 : 1;
    }

    private static DriverFactory factory(String name) {
        if (name == null) {
            throw new IllegalArgumentException("--factory is missing");
        }
        try {
            return Class.forName(name)
                    .asSubclass(DriverFactory.class)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new IllegalArgumentException(
                    "--factory "
                            + name
                            + " is no DriverFactory with a public constructor without parameters"
                            + " on the class path ("
                            + e
                            + ")",
                    e);
        }
    }

    private static int[] numbers(String list) {
        if (list == null) {
            return new int[0];
        }
        String[] words = list.split(",", -1);
        int[] numbers = new int[words.length];
        for (int i = 0; i < words.length; i++) {
            try {
                long number = Long.decode(words[i].trim());
                numbers[i] = (int) number;
                if (Integer.toUnsignedLong(numbers[i]) != number) {
                    throw new NumberFormatException("more than 32 bits");
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "--ioctls: " + words[i] + " is not a 32-bit number such as 0x80044b01", e);
            }
        }
        return numbers;
    }
}
