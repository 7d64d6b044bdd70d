package org.cdevgate.fuse.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.fuse.faults.server.ServerSabotage;

/** What the rounds share: the keeper of the clients, the server, the folder. For one thread. */
final class FaultStage implements AutoCloseable {
    private final Path client;
    private final MountFolder folder;
    private final ServerSabotage sabotage;
    private final Path serverLog;
    private final Keeper keeper;
    private ServingProcess server;
    private boolean serverKilled;
    private final List<ServingProcess.Event> events = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();

    /**
     * @param programs the folder of the compiled client and keeper
     * @param folder to mount upon
     * @param serverLog where the server's log goes
     */
    FaultStage(Path programs, MountFolder folder, ServerSabotage sabotage, Path serverLog)
            throws IOException {
        this.client = ownCopy(programs.resolve("fault-client"));
        this.folder = folder;
        this.sabotage = sabotage;
        this.serverLog = serverLog;
        this.keeper = new Keeper(programs.resolve("keeper"));
        this.server = ServingProcess.ofRounds(folder.path(), sabotage, serverLog);
    }

    Keeper keeper() {
        return keeper;
    }

    ServingProcess server() {
        return server;
    }

    MountFolder folder() {
        return folder;
    }

    Path client() {
        return client;
    }

    /** By its name its processes are found, to their last moment: not those of another suite. */
    private static Path ownCopy(Path program) throws IOException {
        Path copy = program.resolveSibling("client-" + ProcessHandle.current().pid());
        copy.toFile().deleteOnExit(); // after a signal too
        return Files.copy(program, copy, StandardCopyOption.COPY_ATTRIBUTES);
    }

    void killServer() throws IOException, InterruptedException {
        serverKilled = true;
        server.kill();
        collect();
    }

    boolean wasServerKilled() {
        return serverKilled;
    }

    /** Another server, on the same folder: it clears the mount that a killed one left there. */
    void restartServer() throws IOException, InterruptedException {
        if (!serverKilled) {
            killServer();
        }
        serverKilled = false;
        server = ServingProcess.ofRounds(folder.path(), sabotage, serverLog);
    }

    private void collect() {
        events.addAll(server.takeEvents());
        violations.addAll(server.takeViolations());
    }

    List<ServingProcess.Event> takeEvents() {
        collect();
        List<ServingProcess.Event> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    List<String> takeViolations() {
        collect();
        List<String> taken = List.copyOf(violations);
        violations.clear();
        return taken;
    }

    /** For a violation: what the server says of itself. */
    String report() {
        if (serverKilled) {
            return "";
        }
        try {
            return "the server's report:\n" + server.run("report");
        } catch (IOException e) {
            return "the server gives no report: " + e.getMessage();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            keeper.close();
        } finally {
            try {
                server.close();
            } finally {
                Files.deleteIfExists(client);
            }
        }
    }
}
