package org.cdevgate.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.cli.hold.HolderConnection;
import org.cdevgate.cli.hold.HolderText;
import org.cdevgate.cli.hold.Holders;
import org.cdevgate.cli.hold.SocketFolder;
import org.cdevgate.cli.protocol.Refusal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists what is held. */
@Command(
        name = "ls",
        description = "Lists the devices that your holders have, with their state and path.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: cdev-gate ls"})
final class ListCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException, CommandFailure {
        PrintWriter out = spec.commandLine().getOut();
        try (Holders holders = Holders.find(SocketFolder.own())) {
            for (HolderConnection each : holders.all()) {
                try {
                    HolderText.devices(
                            each.ask(Map.of("do", "devices"), Duration.ZERO),
                            out,
                            ", holder " + each.pid());
                } catch (Refusal e) {
                    throw new CommandFailure(
                            ExitCodes.FAILED, "the holder " + each.pid() + ": " + e.getMessage());
                }
            }
            out.flush();
            for (String each : holders.silent()) {
                spec.commandLine().getErr().println(each);
            }
            return holders.silent().isEmpty() ? 0 : ExitCodes.FAILED;
        }
    }
}
