package org.cdevgate.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.cdevgate.cli.device.Kinds;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.drivers.kind.DeviceKind;
import org.cdevgate.drivers.kind.KindOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the kinds of devices. */
@Command(
        name = "kinds",
        description = "Lists the kinds of devices with their options.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: cdev-gate kinds"})
final class KindsCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--jar",
            paramLabel = "FILE",
            description =
                    "A jar with kinds of your own; may be given several times. Example: --jar"
                            + " my-driver.jar")
    private List<Path> jars = List.of();

    @Override
    public Integer call() throws CommandFailure {
        PrintWriter out = spec.commandLine().getOut();
        for (DeviceKind kind : Kinds.load(jars).all()) {
            out.printf("%-8s %s%n", kind.name(), kind.help());
            for (KindOption option : kind.options()) {
                out.printf("         %s=%s", option.name(), option.standard());
                out.printf("  %s%n", option.help());
            }
        }
        out.flush();
        return 0;
    }
}
