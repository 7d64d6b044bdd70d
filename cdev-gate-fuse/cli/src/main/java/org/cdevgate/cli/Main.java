package org.cdevgate.cli;

import java.io.IOException;
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
        subcommands = {
            RunCommand.class,
            HoldCommand.class,
            ListCommand.class,
            UnplugCommand.class,
            PlugCommand.class,
            ReportCommand.class,
            TimelineCommand.class,
            KindsCommand.class,
            DoctorCommand.class,
            HelpCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = BuildVersion.class,
        footer = {
            "",
            "Example: cdev-gate run --device ttyUSB0=echo --unplug at-call=5 -- cat /dev/ttyUSB0"
        })
public final class Main {
    private Main() {}

    /** Runs it; exits with what {@link #run} returns. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs it and returns the exit code. */
    static int run(String... args) {
        return commandLine().execute(args);
    }

    static CommandLine commandLine() {
        CommandLine command =
                new CommandLine(new Main())
                        .setParameterExceptionHandler((e, args) -> misused(e))
                        .setExecutionExceptionHandler((e, line, result) -> failed(e, line))
                        .setExpandAtFiles(false);
        for (CommandLine each : command.getSubcommands().values()) {
            // What follows a program is the program's.
            each.setStopAtPositional(each.getCommand() instanceof RunCommand);
        }
        return command;
    }

    private static int misused(ParameterException e) {
        Exception cause = e.getCause() instanceof Exception inner ? inner : e;
        String message = Mistake.isOne(cause) ? Mistake.message(cause) : e.getMessage();
        return told(e.getCommandLine(), message + "; --help tells more", ExitCodes.FAILED);
    }

    private static int failed(Exception e, CommandLine command) {
        if (e instanceof CommandFailure failure) {
            return told(command, e.getMessage(), failure.exitCode());
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
