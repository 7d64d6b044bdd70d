package org.cdevgate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.cli.hold.TimelineForm;
import org.cdevgate.cli.protocol.Refusal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes what a removal of a held device did. */
@Command(
        name = "timeline",
        description =
                "Writes the last removal of a device that is held: its phases, who was inside, and"
                        + " who got what when.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: cdev-gate timeline ttyUSB0 -o removal.svg"})
final class TimelineCommand implements Callable<Integer> {
    @Mixin private HeldDeviceOptions device;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description =
                    "A picture for browsers if its name ends with .svg, a trace for"
                            + " ui.perfetto.dev if with .json. Example: --output removal.svg")
    private Path file;

    @Override
    public Integer call() throws IOException, CommandFailure {
        String form;
        try {
            form = TimelineForm.of(file.toString());
        } catch (Refusal e) {
            throw new CommandFailure(ExitCodes.FAILED, "-o " + e.getMessage());
        }
        Map<String, ?> timeline = device.ask("timeline", Map.of("form", form), Duration.ZERO);
        try {
            Files.writeString(file, String.valueOf(timeline.get("text")));
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCodes.FAILED, "-o " + file + " cannot be written; give another path");
        }
        return 0;
    }
}
