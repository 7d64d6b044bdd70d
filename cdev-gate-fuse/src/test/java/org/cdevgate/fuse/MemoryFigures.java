package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.ServerProcess;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a mount and a sleeping call cost a server of its own, in resident memory (VmRSS of
 * /proc/PID/status, proc(5)). Prints the figures of docs/fuse.md; the limits are far above them.
 */
@Timeout(60)
class MemoryFigures {
    private static final int MOUNTS = 20;
    private static final int CALLS = 400;

    private static long figure(ServerProcess server, String what) throws Exception {
        return Long.parseLong(server.tell(what));
    }

    @ParameterizedTest
    @ValueSource(strings = {"parked", "threadless"})
    void sleepingCallCostsLittle(String kind) throws Exception {
        try (TemporaryMountPoint folder = new TemporaryMountPoint();
                ServerProcess server =
                        ServerProcess.start(
                                JavaCommand.of(MeasuredServer.class, folder.path().toString()));
                ClientProcess client = ClientProcess.start()) {
            assertEquals("mounted", server.answer(), server::errors);
            int fd = client.open(folder.path().resolve(kind).toString(), OpenFlags.O_RDONLY);
            int warm = 50; // classes, compiled code and the first threads
            for (int i = 0; i < warm; i++) {
                client.beginRead(fd, 64);
            }
            server.tell("asleep " + kind + " " + warm);
            long before = figure(server, "resident");
            for (int i = 0; i < CALLS; i++) {
                client.beginRead(fd, 64);
            }
            server.tell("asleep " + kind + " " + (warm + CALLS));
            long bytes = (figure(server, "resident") - before) / CALLS;
            print(kind + " call", bytes);
            assertTrue(bytes < 512 << 10, () -> "a " + kind + " call costs " + bytes + " bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = MOUNTS)
    void mountCostsLittle(int mounts) throws Exception {
        try (TemporaryMountPoint folder = new TemporaryMountPoint();
                ServerProcess server =
                        ServerProcess.start(
                                JavaCommand.of(MeasuredServer.class, folder.path().toString()))) {
            assertEquals("mounted", server.answer(), server::errors);
            long bytes = figure(server, "mounts " + mounts) / mounts;
            print("mount, idle", bytes);
            assertTrue(bytes < 4 << 20, () -> "a mount costs " + bytes + " bytes");
        }
    }

    private static void print(String what, long bytes) {
        System.out.printf(Locale.ROOT, "memory: %s: %.1f KiB%n", what, bytes / 1024.0);
    }
}
