package org.cdevgate.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cdevgate.cli.exit.CommandFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Plugs a held device in again. */
@Command(
        name = "plug",
        description = "Plugs a device in again that is held and was unplugged.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: cdev-gate plug ttyUSB0"})
final class PlugCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private HeldDeviceOptions device;

    @Override
    public Integer call() throws IOException, CommandFailure {
        Map<String, ?> plugged = device.ask("plug", Map.of(), Duration.ZERO);
        spec.commandLine().getOut().println(plugged.get("device") + " is " + plugged.get("path"));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
