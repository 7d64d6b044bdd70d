package org.cdevgate.cli;

import java.io.IOException;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.drivers.spec.InvalidSpecException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;

/** The command; its subcommands do the work. */
@Command(
        name = "cdev-gate",
        description = "Runs programs on devices that vanish while they are used.",
        subcommands = {RunCommand.class, KindsCommand.class, HelpCommand.class},
        mixinStandardHelpOptions = true,
        version = "cdev-gate 0.1.0-SNAPSHOT",
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
        return new CommandLine(new Main())
                .setParameterExceptionHandler(Main::misused)
                .setExecutionExceptionHandler((e, command, result) -> failed(e, command))
                .setStopAtPositional(true)
                .setExpandAtFiles(false)
                .setAbbreviatedSubcommandsAllowed(false)
                .execute(args);
    }

    private static int misused(ParameterException e, String[] args) {
        Throwable cause = e.getCause();
        String message =
                cause instanceof InvalidSpecException ? cause.getMessage() : e.getMessage();
        return told(e.getCommandLine(), message + "; --help tells more", ExitCodes.FAILED);
    }

    private static int failed(Exception e, CommandLine command) throws Exception {
        if (e instanceof CommandFailure failure) {
            return told(command, e.getMessage(), failure.exitCode());
        }
        if (e instanceof InvalidSpecException || e instanceof IOException) {
            return told(command, e.getMessage(), ExitCodes.FAILED);
        }
        throw e; // a fault of ours: its stack is what a report needs
    }

    private static int told(CommandLine command, String message, int exitCode) {
        String name = command.getCommandSpec().qualifiedName(" ");
        command.getErr().println(name + ": " + message.replace('\n', ' '));
        return exitCode;
    }
}
