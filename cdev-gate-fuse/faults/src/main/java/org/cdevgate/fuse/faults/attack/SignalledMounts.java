package org.cdevgate.fuse.faults.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.fuse.faults.MountFolder;
import org.cdevgate.fuse.faults.ServingProcess;

/** SIGTERM at any moment while a server mounts: no mount stays behind. */
final class SignalledMounts implements Attack {
    private static final int QUICK_SERVERS = 5;
    private static final int SERVERS = 20;

    private final Random random = new Random();

    @Override
    public String name() {
        return "signals-during-mount";
    }

    @Override
    public Setup setup() {
        return Setup.of();
    }

    @Override
    public void run(Field field) throws IOException, InterruptedException {
        MountFolder folder =
                new MountFolder(
                        Files.createDirectory(field.folder().path().resolveSibling("other")));
        try {
            ServingProcess whole = start(field, folder);
            whole.awaitEvent("mounting");
            long mounting = System.nanoTime();
            whole.awaitReady();
            long span = System.nanoTime() - mounting;
            terminate(field, whole, folder, "when it served");
            for (int i = field.amount(QUICK_SERVERS, SERVERS); i > 0; i--) {
                ServingProcess server = start(field, folder);
                server.awaitEvent("mounting");
                long nanos = (long) (random.nextDouble() * span * 1.2);
                LockSupport.parkNanos(nanos);
                terminate(
                        field,
                        server,
                        folder,
                        nanos / 1000
                                + " us after it began to mount, which took "
                                + span / 1000
                                + " us");
            }
        } finally {
            folder.clear();
            Files.delete(folder.path());
        }
    }

    private static ServingProcess start(Field field, MountFolder folder) throws IOException {
        return new ServingProcess(Setup.of().command(folder.path()), field.log());
    }

    private static void terminate(
            Field field, ServingProcess server, MountFolder folder, String when)
            throws IOException, InterruptedException {
        server.terminate();
        if (folder.isMounted()) {
            field.violation("a server that got SIGTERM " + when + " left its mount");
            folder.clear();
        }
    }
}
