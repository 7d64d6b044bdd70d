package org.cdevgate.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.cli.account.AccountFile;
import org.cdevgate.cli.device.DeviceOptions;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.explore.Exploration;
import org.cdevgate.cli.explore.ExploreJson;
import org.cdevgate.cli.explore.ExploreJunit;
import org.cdevgate.cli.explore.ExplorePlan;
import org.cdevgate.cli.explore.ExploreText;
import org.cdevgate.cli.explore.Explorer;
import org.cdevgate.cli.explore.FaultChoice;
import org.cdevgate.cli.explore.Outcome;
import org.cdevgate.cli.explore.ProgressLine;
import org.cdevgate.cli.explore.Shard;
import org.cdevgate.cli.program.Program;
import org.cdevgate.cli.program.Signals;
import org.cdevgate.cli.program.Workspace;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Quantity;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a program once for each call that it makes of a device, each time with a fault there. */
@Command(
        name = "explore",
        description = {
            "Runs a program once for each call that it makes of a device, with the device unplugged"
                    + " exactly there, and tells how the runs ended, the worst first, each with the"
                    + " command that repeats it."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Exits with 0; 1 if an outcome of --fail-on was found, 125 if the command itself"
                    + " failed, 126 and 127 if the program cannot be started, 130 after Ctrl-C.",
            "",
            "Example: cdev-gate explore --device sensor0=zero -- dd if=/dev/sensor0 count=3"
        })
final class ExploreCommand implements Callable<Integer> {
    private static final int FOUND = 1;
    private static final int INTERRUPTED = 130;

    @Spec private CommandSpec spec;

    @Mixin private DeviceOptions devices;

    @Option(
            names = "--faults",
            paramLabel = "FAULT,…",
            defaultValue = "unplug",
            description =
                    "What goes wrong at each call: unplug, errno=EIO, short=1, delay=50ms, stall."
                            + " Example: --faults unplug,errno=EIO")
    private String faults = "";

    @Option(
            names = "--replug",
            paramLabel = "TIME",
            description = "Plugs the device in again after so long. Example: --replug 500ms")
    private @Nullable String replug;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            defaultValue = "2s",
            description =
                    "How long a program may do nothing, or nothing useful, before it hangs or"
                            + " spins; ${DEFAULT-VALUE} if not given. Example: --patience 10s")
    private String patience = "";

    @Option(
            names = "--base-limit",
            paramLabel = "TIME",
            defaultValue = "5s",
            description =
                    "Ends a run in which nothing goes wrong; ${DEFAULT-VALUE} if not given."
                            + " Example: --base-limit 30s")
    private String baseLimit = "";

    @Option(
            names = "--calls",
            paramLabel = "N",
            defaultValue = "200",
            description =
                    "At how many calls of a device, the first ones, something goes wrong;"
                            + " ${DEFAULT-VALUE} if not given. Example: --calls 20")
    private int calls;

    @Option(
            names = "--fail-on",
            split = ",",
            paramLabel = "OUTCOME",
            defaultValue = "hang,signal,spin",
            description =
                    "Exits with 1 if a run has one of these; ${DEFAULT-VALUE} if not given, none"
                            + " for never. Example: --fail-on hang,signal,spin,silent")
    private List<String> failOn = List.of();

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "How many runs at a time, for programs that do not mind; ${DEFAULT-VALUE} if"
                            + " not given. Example: --jobs 4")
    private int jobs;

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            description =
                    "Makes each N-th run only, from the I-th on: N machines that do not know of"
                            + " each other share the work. Example: --shard 2/5")
    private @Nullable String shard;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            defaultValue = "/dev/null",
            description =
                    "What the program reads as its standard input; ${DEFAULT-VALUE} if not given."
                            + " Example: --input answers.txt")
    private Path input = Path.of("/dev/null");

    @Option(
            names = "--at",
            paramLabel = "DIR",
            description =
                    "Mounts the devices on this empty folder instead of a private /dev. The program"
                            + " finds it in $CDEV_GATE_DEV. Example: --at /tmp/dev")
    private @Nullable Path at;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "Writes the result to a file too: as JSON if its name ends with .json, for"
                            + " JUnit's readers if with .xml, else as text. Example: --report"
                            + " explored.xml")
    private @Nullable Path report;

    @Parameters(arity = "1..*", paramLabel = "PROGRAM", description = "The program, and arguments.")
    private List<String> program = List.of();

    @Override
    public Integer call() throws Exception {
        ExplorePlan plan = plan();
        Set<Outcome> failures = failures();
        AccountFile file = report == null ? null : AccountFile.of(report);
        Program.requireExecutable(program.get(0));
        PrintWriter err = spec.commandLine().getErr();
        ProgressLine progress = new ProgressLine(err);
        Explorer explorer = new Explorer(plan, progress);
        AtomicBoolean interrupted = new AtomicBoolean();
        Signals.receive(
                signal -> {
                    interrupted.set(true);
                    explorer.stop();
                });
        Workspace.cleanLeft();
        Exploration exploration;
        try {
            exploration = explorer.explore();
        } finally {
            progress.end();
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(ExploreText.of(exploration));
        out.flush();
        if (file != null) {
            write(file, exploration, failures);
        }
        if (interrupted.get()) {
            return INTERRUPTED;
        }
        return exploration.has(failures) ? FOUND : 0;
    }

    private ExplorePlan plan() throws CommandFailure {
        if (calls < 1) {
            throw new InvalidSpecException("--calls " + calls + ": give 1 or more");
        }
        if (jobs < 1) {
            throw new InvalidSpecException("--jobs " + jobs + ": give 1 or more");
        }
        if (jobs > 1 && at != null) {
            throw new InvalidSpecException(
                    "--jobs " + jobs + ": there is one folder " + at + "; leave out one of them");
        }
        if (!Files.isReadable(input)) {
            throw new InvalidSpecException(
                    "--input " + input + ": cannot be read; give the path of a file");
        }
        return new ExplorePlan(
                devices.read(),
                program,
                input.toAbsolutePath(),
                at,
                FaultChoice.parse("--faults", faults),
                replug == null ? null : Quantity.duration("--replug", replug),
                positive("--patience", patience),
                positive("--base-limit", baseLimit),
                calls,
                jobs,
                shard == null ? Shard.WHOLE : Shard.parse("--shard", shard));
    }

    private static Duration positive(String option, String text) {
        Duration time = Quantity.duration(option, text);
        if (time.isZero()) {
            throw new InvalidSpecException(option + " " + text + ": give more, such as 2s");
        }
        return time;
    }

    private Set<Outcome> failures() {
        Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
        if (!failOn.equals(List.of("none"))) {
            failOn.forEach(each -> outcomes.add(Outcome.parse("--fail-on", each)));
        }
        return outcomes;
    }

    private static void write(AccountFile file, Exploration exploration, Set<Outcome> failures)
            throws IOException, CommandFailure {
        file.write(
                switch (file.form()) {
                    case JSON -> ExploreJson.of(exploration);
                    case XML -> ExploreJunit.of(exploration, failures);
                    case TEXT -> ExploreText.of(exploration);
                });
    }
}
