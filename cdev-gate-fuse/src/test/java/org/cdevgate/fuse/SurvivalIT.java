package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.ServerProcess;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that uses up the server's heap, or a driver's stack, takes nobody else down. */
@Timeout(60)
class SurvivalIT {
    /** Of 1 MiB each, on a heap of 64 MiB. */
    private static final int WRITERS = 90;

    private static final int DEEP_CALLS = 40;

    private static final String WRITE =
            "i=0; while [ $i -lt $2 ]; do"
                    + " dd if=/dev/zero of=\"$1\" bs=1M count=1 conv=notrunc 2>/dev/null || : > \"$3\" &"
                    + " i=$((i + 1)); done; wait";

    private TemporaryMountPoint folder;
    private ServerProcess server;
    private ClientProcess client;

    @BeforeEach
    void start() throws Exception {
        folder = new TemporaryMountPoint();
        server =
                ServerProcess.start(JavaCommand.of(SurvivalServer.class, folder.path().toString()));
        assertEquals("mounted", server.answer(), server::errors);
        client = ClientProcess.start();
    }

    @AfterEach
    void end() throws Exception {
        try {
            if (client != null) {
                client.close();
            }
            if (server != null) {
                server.close();
            }
        } finally {
            folder.close();
        }
    }

    private String path(String name) {
        return folder.path().resolve(name).toString();
    }

    /** Each call of a bystander comes back, whatever it answers while there is no memory. */
    @Test
    void writersThatFillTheHeapHoldNobodyElse() throws Exception {
        int fd = client.open(path("other"), OpenFlags.O_RDWR);
        client.ioctl(fd, FifoDriver.ECHO, "").expect(8);
        Path refused = folder.path().resolveSibling("refused");
        try (Shell writers =
                Shell.exec(
                        "sh", "-c", WRITE, "sh", path("box"), "" + WRITERS, refused.toString())) {
            assertTrue(writers.isAlive());
            Within.limit(
                    "there is no memory left",
                    () -> {
                        client.ioctl(fd, FifoDriver.ECHO, "");
                        client.stat(path("other"));
                        return Files.exists(refused);
                    },
                    server::errors);
            for (int i = 0; i < 50; i++) {
                client.ioctl(fd, FifoDriver.ECHO, "");
                client.stat(path("other"));
            }
            Files.delete(refused);
        } // and they are killed
        Within.limit(
                "served as before",
                () -> client.ioctl(fd, FifoDriver.ECHO, "").value() == 8,
                server::errors);
        client.open(path("other"), OpenFlags.O_RDWR);
        client.closeAll();
        assertEquals("closed", server.tell("close"));
        assertFalse(folder.isMounted(), "mounted after close()");
    }

    @Test
    void callsThatSleepInTheLastOfTheirStackHoldNobodyElse() throws Exception {
        int deep = client.open(path("deep"), OpenFlags.O_RDWR);
        int fd = client.open(path("other"), OpenFlags.O_RDWR);
        for (int i = 0; i < DEEP_CALLS; i++) {
            client.ioctl(deep, SurvivalServer.DeepDriver.SLEEP, "");
            client.ioctl(fd, FifoDriver.ECHO, "").expect(8);
        }
        client.closeAll();
        assertEquals("closed", server.tell("close"));
        assertFalse(folder.isMounted(), "mounted after close()");
    }
}
