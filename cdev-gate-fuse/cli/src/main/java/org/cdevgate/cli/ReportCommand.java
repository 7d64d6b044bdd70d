package org.cdevgate.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.hold.HolderText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Tells who is inside a held device, and what was called. */
@Command(
        name = "report",
        description =
                "Tells who is inside a device that is held, what was called and what each call got.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: cdev-gate report ttyUSB0"})
final class ReportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private HeldDeviceOptions device;

    @Override
    public Integer call() throws IOException, CommandFailure {
        PrintWriter out = spec.commandLine().getOut();
        HolderText.report(device.ask("report", Map.of(), Duration.ZERO), out);
        HolderText.calls(device.ask("calls", Map.of(), Duration.ZERO), out);
        out.flush();
        return 0;
    }
}
