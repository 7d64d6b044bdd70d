package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.ServerProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that may have no more descriptors: of its own fault, or of the program's around it. */
@Timeout(60)
class DescriptorsExhaustedIT {
    private static final int DESCRIPTORS = 200;

    private TestMount.TemporaryMountPoint folder;
    private ServerProcess server;

    @BeforeEach
    void start() throws Exception {
        folder = new TestMount.TemporaryMountPoint();
        List<String> java = new ArrayList<>(JavaCommand.of(TestServer.class));
        java.add(1, "-XX:-MaxFDLimit"); // or the JVM raises the limit to what it may have
        java.add(folder.path().toString());
        List<String> command = new ArrayList<>();
        command.addAll(List.of("sh", "-c", "ulimit -n " + DESCRIPTORS + "; exec \"$@\"", "sh"));
        command.addAll(java);
        server = ServerProcess.start(command);
        assertEquals("mounted", server.answer());
    }

    @AfterEach
    void end() throws Exception {
        Closing.all(server, folder);
    }

    @Test
    void theMountIsClosedAndItsCallersAreAnswered() throws Exception {
        try (ClientProcess client = ClientProcess.start()) {
            int fd = client.open(folder.path() + "/parked", OpenFlags.O_RDWR);
            Pending read = client.beginRead(fd, 1);
            assertEquals("asleep", server.tell("asleep parked 1"));
            assertEquals("starved", server.tell("starve"));
            assertEquals("closed", server.tell("close"), server::errors);
            read.await().expect(Errno.ENODEV);
            client.read(fd, 1).expect(Errno.ENOTCONN);
            assertFalse(folder.isMounted(), "the mount stays in the table");
        }
    }

    @Test
    void aKilledProcessGoesThoughItsDriverIgnoresIt() throws Exception {
        try (ClientProcess client = ClientProcess.start()) {
            client.beginRead(client.open(folder.path() + "/deaf", OpenFlags.O_RDONLY), 1);
            assertEquals("waiting", server.tell("waiting 1"));
            assertEquals("starved", server.tell("starve"));
            client.kill();
        }
        assertEquals("closed", server.tell("close"), server::errors);
    }
}
