package org.cdevgate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.cdevgate.cli.device.DeviceOptions;
import org.cdevgate.cli.device.DeviceRequests;
import org.cdevgate.cli.device.PlannedDevice;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.cli.hold.Dialogue;
import org.cdevgate.cli.hold.Holder;
import org.cdevgate.cli.hold.HolderSocket;
import org.cdevgate.cli.hold.SocketFolder;
import org.cdevgate.cli.hold.Standard;
import org.cdevgate.cli.program.Workspace;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Keeps devices for programs that others start. */
@Command(
        name = "hold",
        description = {
            "Keeps devices in a folder until its input ends or a signal comes. Meanwhile they can"
                    + " be unplugged and plugged in: here, or from other shells of the same user"
                    + " with the commands ls, unplug, plug, report and timeline."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Example: cdev-gate hold --device ttyUSB0=echo"})
final class HoldCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private DeviceOptions devices;

    @Option(
            names = "--unplug",
            paramLabel = "[NAME:]PLAN",
            description =
                    "When the device is unplugged by itself, as in run. Example: --unplug"
                            + " every=2s,times=100")
    private List<String> plans = List.of();

    @Option(
            names = "--at",
            paramLabel = "DIR",
            description =
                    "Mounts the devices on this empty folder instead of a temporary one. Example:"
                            + " --at /tmp/dev")
    private @Nullable Path at;

    @Option(
            names = "--json",
            description =
                    "Speaks the line protocol on standard input and output, for programs; see"
                            + " docs/holder.md. Example: cdev-gate hold --json --device d0=null")
    private boolean json;

    @Option(
            names = "--no-input",
            description =
                    "Does not read its input, so that it can run in the background; a signal ends"
                            + " it. Example: cdev-gate hold --no-input --device d0=null &")
    private boolean noInput;

    @Override
    public Integer call() throws Exception {
        if (json && noInput) {
            throw new CommandFailure(
                    ExitCodes.FAILED, "--json and --no-input: give one of them; --json is input");
        }
        DeviceRequests requests = devices.read();
        List<PlannedDevice> planned = requests.make(requests.plans("--unplug", plans));
        SocketFolder sockets = SocketFolder.own();
        Workspace.cleanLeft();
        try (Workspace work = new Workspace(at == null ? null : at.toAbsolutePath());
                Holder holder = Holder.open(work, planned)) {
            HolderSocket socket = HolderSocket.listen(holder, sockets);
            try {
                serve(holder);
            } finally {
                socket.close();
            }
        }
        return 0;
    }

    private void serve(Holder holder) throws IOException, InterruptedException {
        if (json) {
            Standard.serve(holder, System.in, System.out);
        } else if (noInput) {
            spec.commandLine().getOut().println(holder.places());
            spec.commandLine().getOut().flush();
            new CountDownLatch(1).await();
        } else {
            new Dialogue(holder, System.in, spec.commandLine().getOut()).run();
        }
    }
}
