package org.cdevgate.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.cli.exit.Mistake;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;

/** The command; its subcommands do the work. */
@Command(
        name = "cdev-gate",
        description = "Runs programs on devices that vanish while they are used.",
        mixinStandardHelpOptions = true,
        versionProvider = BuildVersion.class,
        footer = {
            "",
            "Example: cdev-gate run --device ttyUSB0=echo --unplug at-call=5 -- cat /dev/ttyUSB0"
        })
public final class Main {
    private static final String HELP = "help";

    private static final Map<String, Supplier<?>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("run", RunCommand::new);
        COMMANDS.put("explore", ExploreCommand::new);
        COMMANDS.put("hold", HoldCommand::new);
        COMMANDS.put("ls", ListCommand::new);
        COMMANDS.put("unplug", UnplugCommand::new);
        COMMANDS.put("plug", PlugCommand::new);
        COMMANDS.put("report", ReportCommand::new);
        COMMANDS.put("timeline", TimelineCommand::new);
        COMMANDS.put("kinds", KindsCommand::new);
        COMMANDS.put("doctor", DoctorCommand::new);
        COMMANDS.put(HELP, HelpCommand::new);
    }

    /** Those that run a program: what follows its name is the program's. */
    private static final Set<String> RUNNING = Set.of("run", "explore");

    /** Those that need what a mount needs. */
    private static final Set<String> MOUNTING = Set.of("run", "explore", "hold");

    private Main() {}

    /** Runs it; exits with what {@link #run} returns. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs it and returns the exit code. */
    static int run(String... args) {
        if (args.length > 0 && MOUNTING.contains(args[0])) {
            NativeCalls.load();
        }
        return commandLine(args).execute(args);
    }

    /**
     * The command with the subcommand that is called, or with all: to look at the options of each
     * takes longer than many a program runs.
     */
    static CommandLine commandLine(String... args) {
        CommandLine command = new CommandLine(new Main());
        Supplier<?> called = args.length == 0 ? null : COMMANDS.get(args[0]);
        if (called == null || args[0].equals(HELP)) {
            COMMANDS.forEach((name, each) -> command.addSubcommand(name, each.get()));
        } else {
            command.addSubcommand(args[0], called.get());
        }
        command.getSubcommands()
                .forEach((name, each) -> each.setStopAtPositional(RUNNING.contains(name)));
        return command.setParameterExceptionHandler((e, given) -> misused(e))
                .setExecutionExceptionHandler((e, failing, result) -> failed(e, failing))
                .setExpandAtFiles(false);
    }

    private static int misused(ParameterException e) {
        Exception cause = e.getCause() instanceof Exception inner ? inner : e;
        String message = Mistake.isOne(cause) ? Mistake.message(cause) : e.getMessage();
        return told(e.getCommandLine(), message + "; --help tells more", ExitCodes.FAILED);
    }

    private static int failed(Exception e, CommandLine command) {
        if (e instanceof CommandFailure failure) {
            return told(command, Mistake.message(e), failure.exitCode());
        }
        if (e instanceof IOException || Mistake.isOne(e)) {
            return told(command, Mistake.message(e), ExitCodes.FAILED);
        }
        e.printStackTrace(command.getErr()); // a fault of ours: its stack is what a report needs
        return ExitCodes.FAILED;
    }

    private static int told(CommandLine command, String message, int exitCode) {
        String name = command.getCommandSpec().qualifiedName(" ");
        command.getErr().println(name + ": " + message.replace('\n', ' '));
        command.getErr().flush();
        return exitCode;
    }
}
