package org.cdevgate.cli.explore;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.cdevgate.cli.device.DeviceNames;
import org.cdevgate.cli.device.DeviceRequests;
import org.cdevgate.cli.device.PluggedDevices;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.cli.program.FaithfulArguments;
import org.cdevgate.cli.program.Program;
import org.cdevgate.cli.program.RealPaths;
import org.cdevgate.cli.program.Workspace;
import org.jspecify.annotations.Nullable;

/** Where runs take place, one after the other: a mount, a /dev and a spawner in it. */
final class Lane implements AutoCloseable {
    private static final String DEV = "/dev";
    private static final String VARIABLE = Program.DEVICES;

    private final Workspace work;
    private final PluggedDevices devices;
    private final DeviceNames names;
    private final Spawner spawner;
    private final LaneProcesses processes;

    private Lane(
            Workspace work,
            PluggedDevices devices,
            DeviceNames names,
            Spawner spawner,
            LaneProcesses processes) {
        this.work = work;
        this.devices = devices;
        this.names = names;
        this.spawner = spawner;
        this.processes = processes;
    }

    /**
     * Opens one.
     *
     * @param at where the devices are instead of a private /dev; null for that
     */
    static Lane open(DeviceRequests requests, List<String> program, Path input, @Nullable Path at)
            throws IOException, InterruptedException, CommandFailure {
        boolean memory =
                requests.make(Map.of()).stream()
                        .anyMatch(each -> each.device().needsCallerMemory());
        Workspace work = new Workspace(at == null ? null : at.toAbsolutePath());
        PluggedDevices devices = null;
        try {
            Path mount = work.mount();
            devices = PluggedDevices.mount(mount, work.mountName(), memory);
            if (at != null) {
                String marker = VARIABLE + "=" + mount;
                Spawner spawner =
                        spawner(
                                work,
                                null,
                                program,
                                input,
                                Map.of(VARIABLE, mount.toString()),
                                marker);
                return new Lane(
                        work,
                        devices,
                        DeviceNames.NONE,
                        spawner,
                        new LaneProcesses(spawner::isOwn, false, "self", marker));
            }
            RealPaths paths = new RealPaths(work.folder(), mount, requests.names());
            Spawner spawner = spawner(work, paths, program, input, Map.of(VARIABLE, DEV), null);
            return new Lane(
                    work,
                    devices,
                    paths,
                    spawner,
                    new LaneProcesses(spawner::isOwn, true, spawner.member(), VARIABLE));
        } catch (IOException | InterruptedException | CommandFailure | RuntimeException e) {
            if (devices != null) {
                devices.close();
            }
            work.close();
            throw e;
        }
    }

    private static Spawner spawner(
            Workspace work,
            @Nullable RealPaths paths,
            List<String> program,
            Path input,
            Map<String, String> environment,
            @Nullable String marker)
            throws IOException, InterruptedException, CommandFailure {
        try {
            return new Spawner(
                    work.folder(),
                    FaithfulArguments.of(program, work.folder()),
                    input,
                    paths == null ? Program::command : paths::command,
                    environment,
                    marker);
        } catch (IOException e) {
            if (paths != null) {
                paths.requireReached(ExitCodes.FAILED);
            }
            throw e;
        }
    }

    PluggedDevices devices() {
        return devices;
    }

    DeviceNames names() {
        return names;
    }

    Spawner spawner() {
        return spawner;
    }

    LaneProcesses processes() {
        return processes;
    }

    /** The bytes that the run has written so far. */
    long written() {
        return size(Spawner.output(work.folder())) + size(Spawner.errors(work.folder()));
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    Output output() throws IOException {
        return Output.of(Spawner.output(work.folder()));
    }

    Output errors() throws IOException {
        return Output.of(Spawner.errors(work.folder()));
    }

    /** Ends what runs in it, and takes it away. */
    @Override
    public void close() throws IOException {
        try {
            processes.end();
        } finally {
            spawner.close();
            devices.close();
            work.close();
        }
    }

    /** How long a device may take to go. */
    static Duration drainLimit() {
        return Duration.ofSeconds(10);
    }
}
