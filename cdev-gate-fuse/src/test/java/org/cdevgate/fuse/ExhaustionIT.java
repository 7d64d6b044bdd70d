package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.ExhaustedServer.GreedyDriver;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.JarredClassPath;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.ServerProcess;
import org.cdevgate.fuse.harness.Shell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that has run out of heap, stack or descriptors goes on with what needs none. */
@Timeout(60)
class ExhaustionIT {
    private static final int DESCRIPTORS = 200;

    private static String classPath;

    private TemporaryMountPoint folder;
    private ServerProcess server;
    private ClientProcess client;

    @BeforeAll
    static void pack(@TempDir Path jars) throws Exception {
        classPath = JarredClassPath.in(jars);
    }

    @BeforeEach
    void start() throws Exception {
        folder = new TemporaryMountPoint();
        List<String> command = new ArrayList<>();
        command.addAll(List.of("sh", "-c", "ulimit -n " + DESCRIPTORS + "; exec \"$@\"", "sh"));
        command.addAll(JavaCommand.of(classPath, ExhaustedServer.class, folder.path().toString()));
        server = ServerProcess.start(command);
        assertEquals("mounted", server.answer(), server::errors);
        client = ClientProcess.start();
    }

    @AfterEach
    void end() throws Exception {
        Closing.all(client, server, folder);
    }

    private String path(String name) {
        return folder.path().resolve(name).toString();
    }

    private int open(String name) throws Exception {
        return client.open(path(name), OpenFlags.O_RDWR);
    }

    @Test
    void driverThatTakesAllTheHeapOrStackHarmsItsOwnCallerOnly() throws Exception {
        int greedy = open("greedy");
        int fifo = open("parked");
        Pending sleeper = client.beginRead(open("threadless"), 8);
        assertEquals("asleep", server.tell("asleep threadless 1"));
        for (int i = 0; i < 3; i++) {
            client.ioctl(greedy, GreedyDriver.HEAP, "").expect(Errno.EIO);
            client.ioctl(greedy, GreedyDriver.ARRAY, "").expect(Errno.EIO);
            client.ioctl(greedy, GreedyDriver.STACK, "").expect(Errno.EIO);
            client.ioctl(fifo, FifoDriver.ECHO, "").expect(8);
        }
        assertFalse(sleeper.isDone(), "a bystander lost its call");
        client.write(open("threadless"), "abc").expect(3);
        assertEquals("abc", sleeper.await().text());
        client.closeAll().success();
        assertEquals("closed", server.tell("close"));
        assertFalse(folder.isMounted(), "mounted after close()");
    }

    @Test
    void serverWithoutDescriptorsServesOnAndRecovers() throws Exception {
        int fifo = open("parked");
        Pending sleeper = client.beginRead(fifo, 8);
        assertEquals("asleep", server.tell("asleep parked 1"));
        assertEquals("exhausted", server.tell("hoard"));

        client.ioctl(fifo, FifoDriver.ECHO, "").expect(8);
        client.poll(fifo, PollEvents.POLLIN, 0).expect(0);
        int second = open("threadless"); // the client's descriptor, not the server's
        Pending other = client.beginRead(second, 8);
        assertEquals("asleep", server.tell("asleep threadless 1"));
        client.interrupt(other);
        other.await().expect(Errno.EINTR);
        Shell.run("ls \"$1\"", folder.path().toString()).expect(0);
        try (ClientProcess victim = ClientProcess.start()) {
            victim.beginRead(victim.open(path("parked"), OpenFlags.O_RDWR), 1);
            assertEquals("asleep", server.tell("asleep parked 2"));
            victim.kill(); // fails if it does not end
        }
        client.write(open("parked"), "abc").expect(3);
        assertEquals("abc", sleeper.await().text());

        assertEquals("freed", server.tell("free"));
        client.ioctl(open("parked"), FifoDriver.ECHO, "").expect(8);
        assertEquals("closed", server.tell("close"));
        assertFalse(folder.isMounted(), "mounted after close()");
    }

    /** Unmounting may need a descriptor; to end the connection needs none. */
    @Test
    void serverWithoutDescriptorsLeavesNoCallerHangingWhenItCloses() throws Exception {
        int fd = open("parked");
        Pending parked = client.beginRead(fd, 8);
        Pending threadless = client.beginRead(open("threadless"), 8);
        Pending poll = client.beginPoll(fd, PollEvents.POLLIN).awaitPolling();
        assertEquals("asleep", server.tell("asleep parked 1"));
        assertEquals("asleep", server.tell("asleep threadless 1"));
        assertEquals("exhausted", server.tell("hoard"));

        assertEquals("closed", server.tell("close"));
        parked.await().expect(Errno.ENODEV);
        threadless.await().expect(Errno.ENODEV);
        assertTrue((poll.await().success() & PollEvents.POLLERR) != 0);
        client.ioctl(fd, FifoDriver.ECHO, "").expect(Errno.ENOTCONN);
        client.close(fd).expect(0);
    }
}
