package org.cdevgate.gate.stress.driver;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.stress.workload.RunOptions;

/**
 * {@link DriverStress} from the command line:
 *
 * <pre>
 *   java -cp 'your.jar:lib/*' org.cdevgate.gate.stress.driver.Main \
 *       --factory your.Factory [--seconds N] [--seed S] [--ioctls 0x80044b01,0x4b02] \
 *       [--sleeps read,write]
 * </pre>
 *
 * <p>Exit status 0 if it passed, 1 if something was found, 2 for wrong arguments, 3 if nothing was
 * found because too little was exercised.
 */
public final class Main {
    private static final String USAGE =
            "usage: Main --factory CLASS [--seconds N] [--seed S] [--ioctls N,N,...]"
                    + " [--sleeps VERB,VERB,...]";

    private static final String HELP =
            USAGE
                    + """


            Removes devices of a driver while they are called, and tells what the driver does wrong.

              --factory CLASS   a DriverFactory with a public constructor without parameters
              --seconds N       how long, up to four times as long until each verb was
                                exercised; 10 if not given
              --seed S          repeats what each thread decided; at random if not given
              --ioctls N,...    commands that the driver knows, such as 0x80044b01
              --sleeps VERB,... verbs that sleep, such as read,write: too little is exercised
                                if no removal meets them asleep

            exit status: 0 passed, 1 something was found, 2 wrong arguments, 3 not enough
            was exercised to tell
            """;

    private static final List<Verb> SLEEPING =
            List.of(
                    Verb.OPEN,
                    Verb.READ,
                    Verb.WRITE,
                    Verb.IOCTL,
                    Verb.MMAP,
                    Verb.FSYNC,
                    Verb.FLUSH);

    private Main() {}

    /** Runs it; see the class comment. */
    public static void main(String[] args) throws InterruptedException {
        System.exit(run(args, System.out));
    }

    static int run(String[] args, PrintStream out) throws InterruptedException {
        if (Arrays.asList(args).contains("--help")) {
            out.print(HELP);
            return 0;
        }
        RunOptions options;
        DriverStress stress;
        try {
            options = RunOptions.parse(args, 10);
            stress = DriverStress.of(factory(options.take("factory")));
            stress.ioctls(numbers(options.take("ioctls")));
            stress.sleeps(verbs(options.take("sleeps")));
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
        report.exercise().forEach(out::println);
        report.findings().forEach(out::println);
        out.println(report.toString().lines().findFirst().orElseThrow());
        return switch (report.verdict()) {
            case PASSED -> 0;
            case FAILED -> 1;
            case NOT_ENOUGH -> 3;
        };
    }

    private static Verb[] verbs(String list) {
        if (list == null) {
            return new Verb[0];
        }
        return Arrays.stream(list.split(",", -1))
                .map(String::trim)
                .distinct()
                .map(Main::verb)
                .toArray(Verb[]::new);
    }

    private static Verb verb(String name) {
        for (Verb each : SLEEPING) {
            if (each.toString().equals(name)) {
                return each;
            }
        }
        throw new IllegalArgumentException(
                "--sleeps: " + name + " is no verb that may sleep; those are " + SLEEPING);
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
                            + " on the class path; on the module path in a package that is"
                            + " exported or opened to org.cdevgate.gate.stress ("
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
