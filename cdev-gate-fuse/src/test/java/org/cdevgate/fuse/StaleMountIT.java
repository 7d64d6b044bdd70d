package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.ServerProcess;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A serving JVM that is killed leaves no client hanging, and its mount is no obstacle. */
@Timeout(60)
class StaleMountIT {
    private TemporaryMountPoint folder;
    private ServerProcess server;
    private ClientProcess client;

    @BeforeEach
    void start() throws Exception {
        folder = new TemporaryMountPoint();
        server = startServer();
        assertEquals("mounted", server.answer(), server::errors);
        client = ClientProcess.start();
    }

    @AfterEach
    void end() throws Exception {
        Closing.all(client, server, folder);
    }

    private ServerProcess startServer() throws IOException {
        return ServerProcess.start(JavaCommand.of(TestServer.class, folder.path().toString()));
    }

    private String path(String name) {
        return folder.path().resolve(name).toString();
    }

    @Test
    void killedServerLeavesNoClientHangingAndTheNextClearsItsMount() throws Exception {
        int parked = client.open(path("parked"), OpenFlags.O_RDWR);
        int threadless = client.open(path("threadless"), OpenFlags.O_RDWR);
        Pending first = client.beginRead(parked, 1);
        Pending second = client.beginRead(threadless, 1);
        Pending poll = client.beginPoll(parked, PollEvents.POLLIN).awaitPolling();
        assertEquals("asleep", server.tell("asleep parked 1"));
        assertEquals("asleep", server.tell("asleep threadless 1"));

        server.kill();
        first.await().expect(Errno.ECONNABORTED);
        second.await().expect(Errno.ECONNABORTED);
        poll.await().expect(PollEvents.POLLERR);
        client.read(parked, 1).expect(Errno.ENOTCONN);
        assertTrue(folder.isMounted(), "the kernel keeps the mount of a killed server");
        Shell.run("ls \"$1\"", folder.path().toString()).expectFailure("not connected");

        Within.run(
                "mount over a stale one",
                () -> {
                    try (DeviceMount next = DeviceMount.mount(folder.path())) {
                        next.register("fifo", new FifoDriver(Sleep.PARKED));
                        int fd = client.open(path("fifo"), OpenFlags.O_RDWR);
                        client.ioctl(fd, FifoDriver.ECHO, "").expect(8);
                        client.read(parked, 1).expect(Errno.ENOTCONN);
                        client.closeAll();
                    }
                });
        assertFalse(folder.isMounted(), "mounted after close()");
    }

    @Test
    void secondMountOverALivingOneIsRefused() throws Exception {
        IOException refusal =
                assertThrows(IOException.class, () -> DeviceMount.mount(folder.path()).close());
        assertTrue(refusal.getMessage().contains("living"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(folder.path().toString()), refusal.getMessage());
        try (ServerProcess other = startServer()) {
            String answer = other.answer();
            assertTrue(answer.startsWith("failed: ") && answer.contains("living"), answer);
        }
        int fd = client.open(path("parked"), OpenFlags.O_RDWR);
        client.ioctl(fd, FifoDriver.ECHO, "").expect(8);
    }

    /** The shutdown hook does what close() would have done. */
    @Test
    void serverThatEndsWithoutClosingLeavesNoMount() throws Exception {
        int fd = client.open(path("parked"), OpenFlags.O_RDWR);
        Pending read = client.beginRead(fd, 1);
        assertEquals("asleep", server.tell("asleep parked 1"));
        server.close();
        read.await().expect(Errno.ENODEV);
        assertFalse(folder.isMounted(), "mounted after the server's end");
        client.read(fd, 1).expect(Errno.ENOTCONN);
    }

    /** The kernel keeps a mount that is taken out of the tree alive for its descriptors. */
    @Test
    void descriptorsOutliveALazyUnmountUntilTheRemoval() throws Exception {
        int fd = client.open(path("threadless"), OpenFlags.O_RDWR);
        Pending read = client.beginRead(fd, 8);
        assertEquals("asleep", server.tell("asleep threadless 1"));
        Shell.run("umount -l \"$1\" || fusermount3 -u -z \"$1\"", folder.path().toString())
                .expect(0);
        assertFalse(folder.isMounted(), "mounted after umount -l");
        assertEquals("fed", server.tell("feed threadless"));
        assertEquals("abc", read.await().text());
        client.ioctl(fd, FifoDriver.ECHO, "").expect(8);

        Pending asleep = client.beginRead(fd, 8);
        assertEquals("asleep", server.tell("asleep threadless 1"));
        assertEquals("removed, 1 released", server.tell("remove threadless"));
        asleep.await().expect(Errno.ENODEV);
        assertEquals("closed", server.tell("close"));
        client.read(fd, 8).expect(Errno.ENOTCONN);
    }

    @Test
    void mountThatSomebodyElseRemovedIsClosedAllTheSame() throws Exception {
        Shell.run("umount \"$1\" || fusermount3 -u \"$1\"", folder.path().toString()).expect(0);
        assertFalse(folder.isMounted(), "mounted after umount");
        assertEquals("removed, 0 released", server.tell("remove parked"));
        assertEquals("closed", server.tell("close"));
    }
}
