package org.cdevgate.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.cli.hold.HolderConnection;
import org.cdevgate.cli.hold.Holders;
import org.cdevgate.cli.hold.SocketFolder;
import org.cdevgate.cli.protocol.Refusal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which device of which holder is meant; a mixin of the commands that ask for something. */
final class HeldDeviceOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "The device, as cdev-gate ls lists it.")
    private String name = "";

    @Option(
            names = "--holder",
            paramLabel = "PID",
            description =
                    "The holder, if several have a device of this name. Example: --holder 4711")
    private @Nullable String holder;

    /**
     * Asks its holder for something.
     *
     * @param fields of the request besides the device
     * @param waiting how long the holder may wait
     * @throws CommandFailure if there is no such device, its holder does not answer, or refuses
     */
    Map<String, @Nullable Object> ask(String verb, Map<String, String> fields, Duration waiting)
            throws IOException, CommandFailure {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("do", verb);
        request.put("device", name);
        request.putAll(fields);
        try (Holders holders = Holders.find(SocketFolder.own())) {
            HolderConnection having = holders.having(name, holder);
            try {
                return having.ask(request, waiting);
            } catch (IOException e) {
                throw new CommandFailure(
                        ExitCodes.FAILED, "the holder " + having.pid() + ": " + e.getMessage());
            }
        } catch (Refusal e) {
            Object report = e.more().get("report");
            if (report != null) {
                spec.commandLine().getErr().print(report);
            }
            throw new CommandFailure(
                    e.code() == Refusal.Code.TIMEOUT ? ExitCodes.HUNG : ExitCodes.FAILED,
                    String.valueOf(e.getMessage()));
        }
    }
}
