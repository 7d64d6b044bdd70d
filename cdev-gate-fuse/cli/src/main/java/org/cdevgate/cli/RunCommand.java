package org.cdevgate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.cdevgate.cli.account.Account;
import org.cdevgate.cli.account.AccountFile;
import org.cdevgate.cli.account.AccountText;
import org.cdevgate.cli.account.Accounts;
import org.cdevgate.cli.device.DeviceNames;
import org.cdevgate.cli.device.DeviceOptions;
import org.cdevgate.cli.device.DeviceRequests;
import org.cdevgate.cli.device.PlannedDevice;
import org.cdevgate.cli.device.PluggedDevice;
import org.cdevgate.cli.device.PluggedDevices;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.cli.program.Ending;
import org.cdevgate.cli.program.FaithfulArguments;
import org.cdevgate.cli.program.Program;
import org.cdevgate.cli.program.RealPaths;
import org.cdevgate.cli.program.Workspace;
import org.cdevgate.drivers.spec.Quantity;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one program on devices that are unplugged while it uses them. */
@Command(
        name = "run",
        description = {
            "Runs a program on devices that are unplugged while it uses them. They stand at their"
                    + " real paths in a private /dev; an account on standard error tells afterwards"
                    + " what the program called and what it got."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            ExitCodes.HELP,
            "",
            "Example: cdev-gate run --device ttyUSB0=echo --unplug at-call=5 -- cat /dev/ttyUSB0"
        })
final class RunCommand implements Callable<Integer> {
    private static final Path DEV = Path.of("/dev");

    @SuppressWarnings("NullAway.Init") // by picocli
    @Spec
    private CommandSpec spec;

    @Mixin private final DeviceOptions devices = new DeviceOptions();

    @Option(
            names = "--unplug",
            paramLabel = "[NAME:]PLAN",
            description =
                    "When the device is unplugged: after=2s, every=2s[,times=100], at-call=7,"
                            + " on=read#3 or random,seed=42; with when=before|inside|after and"
                            + " then=replug:1s. Example: --unplug on=ioctl,when=before")
    private List<String> plans = List.of();

    @Option(
            names = "--at",
            paramLabel = "DIR",
            description =
                    "Mounts the devices on this empty folder instead of a private /dev. The program"
                            + " finds it in $CDEV_GATE_DEV. Example: --at /tmp/dev")
    private @Nullable Path at;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            description =
                    "Ends a program that for so long does nothing, or calls in vain again and again,"
                            + " once its devices are gone for good, and exits with 124; it waits for"
                            + " ever without. Example: --patience 5s")
    private @Nullable String patience;

    @Option(
            names = "--follow",
            description =
                    "Waits for the processes, too, that the program leaves running, such as a daemon;"
                            + " without, they lose their devices when it ends.")
    private boolean follow;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "Writes the account to a file instead: as JSON if its name ends with .json, for"
                            + " JUnit's readers if with .xml, else as text. Example: --report"
                            + " run.json")
    private @Nullable Path report;

    @Parameters(arity = "1..*", paramLabel = "PROGRAM", description = "The program, and arguments.")
    private List<String> program = List.of();

    @Override
    public Integer call() throws Exception {
        DeviceRequests requests = devices.read();
        List<PlannedDevice> planned = requests.make(requests.plans("--unplug", plans));
        Duration limit = patience == null ? null : Quantity.duration("--patience", patience);
        AccountFile file = report == null ? null : AccountFile.of(report);
        Program.requireExecutable(program.get(0));
        Account account = run(planned, limit);
        if (file == null) {
            spec.commandLine().getErr().print(AccountText.of(account));
            spec.commandLine().getErr().flush();
        } else {
            file.write(account);
        }
        return account.commandExitCode();
    }

    private Account run(List<PlannedDevice> planned, @Nullable Duration limit)
            throws IOException, InterruptedException, CommandFailure {
        boolean memory = planned.stream().anyMatch(each -> each.device().needsCallerMemory());
        try (Workspace work = new Workspace(at == null ? null : at.toAbsolutePath())) {
            RealPaths paths =
                    at == null
                            ? new RealPaths(
                                    work.folder(),
                                    work.mount(),
                                    planned.stream().map(PlannedDevice::name).toList())
                            : null;
            try (PluggedDevices plugged =
                    PluggedDevices.mount(work.mount(), work.mountName(), memory)) {
                for (PlannedDevice each : planned) {
                    plugged.plug("", each, paths == null ? DeviceNames.NONE : paths);
                }
                return run(work, plugged, paths, limit);
            }
        }
    }

    private Account run(
            Workspace work,
            PluggedDevices plugged,
            @Nullable RealPaths paths,
            @Nullable Duration limit)
            throws IOException, InterruptedException, CommandFailure {
        List<PluggedDevice> all = plugged.all();
        List<String> faithful = FaithfulArguments.of(program, work.folder());
        Program running =
                Program.start(
                        paths == null ? Program.command(faithful) : paths.command(faithful),
                        paths == null ? work.mount() : DEV,
                        work.mountName());
        if (paths != null) {
            running.awaitReached(paths::isReached);
        }
        all.forEach(PluggedDevice::start);
        Workspace.cleanLeft();
        Ending ending =
                running.await(
                        follow,
                        limit,
                        () -> all.stream().allMatch(PluggedDevice::isGoneForGood),
                        () -> all.stream().mapToLong(PluggedDevice::calls).sum());
        long millis = (System.nanoTime() - running.began()) / 1_000_000;
        all.forEach(PluggedDevice::end);
        if (paths != null) {
            paths.requireReached(running.exitCode());
        }
        plugged.awaitSettled();
        return Accounts.of(program, running, ending, millis, plugged);
    }
}
