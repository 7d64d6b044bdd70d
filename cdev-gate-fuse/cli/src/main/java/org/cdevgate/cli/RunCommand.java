package org.cdevgate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.cdevgate.cli.account.Account;
import org.cdevgate.cli.account.AccountJson;
import org.cdevgate.cli.account.AccountJunit;
import org.cdevgate.cli.account.AccountText;
import org.cdevgate.cli.account.Accounts;
import org.cdevgate.cli.device.DeviceRequest;
import org.cdevgate.cli.device.ForDevice;
import org.cdevgate.cli.device.Kinds;
import org.cdevgate.cli.device.PluggedDevice;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.cli.program.Program;
import org.cdevgate.cli.program.RealPaths;
import org.cdevgate.cli.program.Workspace;
import org.cdevgate.drivers.filter.FaultPlan;
import org.cdevgate.drivers.filter.UnplugPlan;
import org.cdevgate.drivers.kind.DeviceKinds;
import org.cdevgate.drivers.kind.KindDevice;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Quantity;
import org.cdevgate.fuse.DeviceMount;
import picocli.CommandLine.Command;
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
            "Exits with the program's code; 124 if it hung, 125 if the command itself failed or a"
                    + " plan never came true, 126 and 127 if the program cannot be started.",
            "",
            "Example: cdev-gate run --device ttyUSB0=echo --unplug at-call=5 -- cat /dev/ttyUSB0"
        })
final class RunCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--device",
            required = true,
            paramLabel = "NAME=KIND[,k=v…]",
            description =
                    "A device below /dev; may be given several times. Example:"
                            + " --device block/d0=disk,size=64K")
    private List<String> devices = List.of();

    @Option(
            names = "--unplug",
            paramLabel = "[NAME:]PLAN",
            description =
                    "When the device is unplugged: after=2s, every=2s[,times=100], at-call=7,"
                            + " on=read#3 or random,seed=42; with when=before|inside|after and"
                            + " then=replug:1s. Example: --unplug on=ioctl,when=before")
    private List<String> plans = List.of();

    @Option(
            names = "--fault",
            paramLabel = "[NAME:]FAULT",
            description =
                    "What else goes wrong: short=1, errno=EIO, delay=50ms or stall, with on=read#3."
                            + " Example: --fault short=1,on=read")
    private List<String> faults = List.of();

    @Option(
            names = "--at",
            paramLabel = "DIR",
            description =
                    "Mounts the devices on this empty folder instead of a private /dev. The program"
                            + " finds it in $CDEV_GATE_DEV. Example: --at /tmp/dev")
    private Path at;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            description =
                    "Ends a program that does nothing for so long once its devices are gone for"
                            + " good, and exits with 124; it waits for ever without. Example:"
                            + " --patience 5s")
    private String patience;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "Writes the account to a file instead: as JSON if its name ends with .json, for"
                            + " JUnit's readers if with .xml, else as text. Example: --report"
                            + " run.json")
    private Path report;

    @Option(
            names = "--jar",
            paramLabel = "FILE",
            description = "A jar with kinds of your own; may be given several times.")
    private List<Path> jars = List.of();

    @Parameters(arity = "1..*", paramLabel = "PROGRAM", description = "The program, and arguments.")
    private List<String> program = List.of();

    @Override
    public Integer call() throws Exception {
        DeviceKinds kinds = Kinds.load(jars);
        Map<String, KindDevice> made = new LinkedHashMap<>();
        for (String each : devices) {
            DeviceRequest request = DeviceRequest.parse(each);
            if (made.put(request.name(), make(kinds, request)) != null) {
                throw new InvalidSpecException(
                        "--device " + each + ": there is a device of this name; give another");
            }
        }
        List<String> names = List.copyOf(made.keySet());
        Map<String, List<PluggedDevice.Plan>> planned = new LinkedHashMap<>();
        for (String each : plans) {
            ForDevice of = ForDevice.parse("--unplug", each, names);
            planned.computeIfAbsent(of.device(), name -> new ArrayList<>())
                    .add(new PluggedDevice.Plan(UnplugPlan.parse(of.plan()), of.plan()));
        }
        Map<String, List<FaultPlan>> faulty = new LinkedHashMap<>();
        for (String each : faults) {
            ForDevice of = ForDevice.parse("--fault", each, names);
            faulty.computeIfAbsent(of.device(), name -> new ArrayList<>())
                    .add(FaultPlan.parse(of.plan()));
        }
        Duration limit = patience == null ? null : Quantity.duration("--patience", patience);
        Program.requireExecutable(program.get(0));
        Account account;
        try (Workspace work = new Workspace()) {
            account = run(work, made, planned, faulty, limit);
        }
        tell(account);
        return account.commandExitCode();
    }

    private static KindDevice make(DeviceKinds kinds, DeviceRequest request) throws CommandFailure {
        try {
            return kinds.make(request.kind());
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    "--device "
                            + request.name()
                            + "="
                            + request.kind()
                            + ": cannot read "
                            + e.getMessage());
        }
    }

    private Account run(
            Workspace work,
            Map<String, KindDevice> made,
            Map<String, List<PluggedDevice.Plan>> planned,
            Map<String, List<FaultPlan>> faulty,
            Duration limit)
            throws IOException, InterruptedException, CommandFailure {
        RealPaths paths = at == null ? new RealPaths(work, made.keySet()) : null;
        Path mountPoint = at == null ? work.mount() : at.toAbsolutePath();
        ScheduledExecutorService timer =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread thread = new Thread(task, "plans");
                            thread.setDaemon(true);
                            return thread;
                        });
        boolean memory = made.values().stream().anyMatch(KindDevice::needsCallerMemory);
        try (DeviceMount mount = DeviceMount.builder(mountPoint).callerMemory(memory).mount()) {
            List<PluggedDevice> plugged = new ArrayList<>();
            for (Map.Entry<String, KindDevice> each : made.entrySet()) {
                PluggedDevice device =
                        new PluggedDevice(
                                each.getKey(),
                                each.getValue(),
                                planned.getOrDefault(each.getKey(), List.of()),
                                faulty.getOrDefault(each.getKey(), List.of()),
                                mount,
                                paths == null ? Names.NONE : paths,
                                timer);
                device.plug();
                plugged.add(device);
            }
            return run(plugged, paths, mountPoint, limit);
        } finally {
            timer.shutdownNow();
        }
    }

    private Account run(
            List<PluggedDevice> plugged, RealPaths paths, Path mountPoint, Duration limit)
            throws IOException, InterruptedException, CommandFailure {
        List<String> command = new ArrayList<>();
        // This JVM blocks SIGQUIT in its threads, and who it starts inherits that.
        command.addAll(List.of("env", "--default-signal=QUIT"));
        // Nobody is left to answer for the devices if this process is killed.
        command.addAll(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        command.addAll(program);
        boolean root = Files.getOwner(Path.of("/proc/self")).getName().equals("root");
        Program running =
                new Program(
                        paths == null ? command : paths.command(command, root),
                        paths == null ? mountPoint : Path.of("/dev"));
        plugged.forEach(PluggedDevice::start);
        boolean ended =
                running.await(
                        limit,
                        () -> plugged.stream().allMatch(PluggedDevice::isGoneForGood),
                        () -> plugged.stream().mapToLong(RunCommand::calls).sum());
        long millis = (System.nanoTime() - running.began()) / 1_000_000;
        plugged.forEach(PluggedDevice::end);
        if (paths != null && !paths.isReady()) {
            throw new CommandFailure(ExitCodes.FAILED, paths.complaint());
        }
        return Accounts.of(program, running, !ended, millis, plugged);
    }

    private static long calls(PluggedDevice device) {
        return device.log().calls() + device.refused();
    }

    private void tell(Account account) throws CommandFailure {
        if (report == null) {
            spec.commandLine().getErr().print(AccountText.of(account));
            spec.commandLine().getErr().flush();
            return;
        }
        String name = report.getFileName().toString();
        String text =
                name.endsWith(".json")
                        ? AccountJson.of(account)
                        : name.endsWith(".xml")
                                ? AccountJunit.of(account)
                                : AccountText.of(account);
        try {
            Files.writeString(report, text);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCodes.FAILED, "--report " + report + ": cannot be written; give a path");
        }
    }

    /** Devices that are found by their path in the mount alone. */
    private static final class Names implements PluggedDevice.Names {
        static final Names NONE = new Names();

        @Override
        public void appear(String name) {}

        @Override
        public void vanish(String name) {}
    }
}
