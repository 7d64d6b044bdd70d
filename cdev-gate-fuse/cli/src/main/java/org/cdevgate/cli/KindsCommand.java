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
        description = "Lists the kinds of devices with their options and defaults.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: cdev-gate kinds --jar my-driver.jar"})
final class KindsCommand implements Callable<Integer> {
    private static final int WIDTH = 80; // of a terminal

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
            out.println(kind.name());
            tell(out, "  ", kind.help());
            for (KindOption option : kind.options()) {
                String value = option.standard().isEmpty() ? "…" : option.standard();
                out.println("    " + option.name() + "=" + value);
                tell(out, "        ", option.help());
            }
        }
        out.flush();
        return 0;
    }

    private static void tell(PrintWriter out, String indent, String text) {
        StringBuilder line = new StringBuilder(indent);
        for (String word : text.split(" ", -1)) {
            if (line.length() + word.length() > WIDTH && line.length() > indent.length()) {
                out.println(line.toString().stripTrailing());
                line.setLength(indent.length());
            }
            line.append(word).append(' ');
        }
        out.println(line.toString().stripTrailing());
    }
}
