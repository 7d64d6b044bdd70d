package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.ServerProcess;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that uses up the server's heap, or a driver's stack, takes nobody else down. */
@Timeout(60)
class SurvivalIT {
    /** Threads of one process, each of which writes 1 MiB to a heap of 64 MiB. */
    private static final int WRITERS = 100;

    private static final int MAX_BYTES = 1 << 20;
    private static final int CALLS = 10;

    private static final int DEEP_CALLS = 40;

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

    /**
     * Each call of a bystander comes back, whatever it answers while there is no memory. The
     * writers come one by one: each that finds no memory costs the server several full collections,
     * and a hundred of them before a bystander's call look like a hang on a busy machine.
     */
    @Test
    void writersThatFillTheHeapHoldNobodyElse() throws Exception {
        int fd = client.open(path("other"), OpenFlags.O_RDWR);
        client.ioctl(fd, FifoDriver.ECHO, "").expect(8);
        try (ClientProcess attacker = ClientProcess.start()) {
            List<Integer> files = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                files.add(attacker.open(path("box"), OpenFlags.O_WRONLY));
            }
            List<Pending> writers = new ArrayList<>();
            Within.limit(
                    "there is no memory left",
                    () -> {
                        beginOne(attacker, files, writers);
                        callAsBystander(fd);
                        return writers.stream().anyMatch(Pending::isDone);
                    },
                    server::errors);
            for (int i = 0; i < CALLS; i++) {
                beginOne(attacker, files, writers);
                callAsBystander(fd);
            }
            attacker.kill();
        }
        Within.limit(
                "served as before",
                () -> client.ioctl(fd, FifoDriver.ECHO, "").value() == 8,
                server::errors);
        client.open(path("other"), OpenFlags.O_RDWR);
        client.closeAll();
        assertEquals("closed", server.tell("close"));
        assertFalse(folder.isMounted(), "mounted after close()");
    }

    private static void beginOne(ClientProcess attacker, List<Integer> files, List<Pending> writers)
            throws Exception {
        int next = writers.size();
        if (next < files.size()) {
            writers.add(attacker.beginFill(files.get(next), MAX_BYTES));
        }
    }

    private void callAsBystander(int fd) throws Exception {
        client.ioctl(fd, FifoDriver.ECHO, "");
        client.stat(path("other"));
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
