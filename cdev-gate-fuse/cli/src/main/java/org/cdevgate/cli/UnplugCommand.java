package org.cdevgate.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.hold.HolderText;
import org.cdevgate.drivers.spec.Quantity;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Unplugs a held device. */
@Command(
        name = "unplug",
        description =
                "Unplugs a device that is held, and returns when no call is in its driver any more."
                        + " Its name is gone and its sleepers are woken at once.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Exits with 124 and a report of who is inside if that takes too long; the device stays"
                    + " unplugged, and unplug again waits on.",
            "",
            "Example: cdev-gate unplug ttyUSB0 --timeout 2s"
        })
final class UnplugCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private HeldDeviceOptions device;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "How long it waits; ${DEFAULT-VALUE} if not given. Example: --timeout 2s")
    private String timeout;

    @Option(
            names = "--replug",
            paramLabel = "TIME",
            description = "Plugs it in again after this time. Example: --replug 500ms")
    private @Nullable String replug;

    @Override
    public Integer call() throws IOException, CommandFailure {
        Duration limit = Quantity.duration("--timeout", timeout);
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("timeout", timeout);
        if (replug != null) {
            Quantity.duration("--replug", replug);
            fields.put("replug", replug);
        }
        HolderText.unplugged(device.ask("unplug", fields, limit), spec.commandLine().getOut());
        spec.commandLine().getOut().flush();
        return 0;
    }
}
