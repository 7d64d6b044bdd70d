package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.Test;

/**
 * A process that keeps a descriptor of a removed device gets the answers of a device that is gone.
 */
class AfterRemovalIT extends MountBase {
    @Test
    void idleDescriptorGetsEnodev() throws Exception {
        FifoDriver fifo = new FifoDriver(Sleep.THREADLESS);
        FopsGate gate = mount.register("fifo", fifo);
        int fd = open(gate);
        String inverted = client.ioctl(fd, FifoDriver.ECHO, "\0\1").expect(8).text();
        assertEquals("\u00ff\u00fe" + "\u00ff".repeat(6), inverted);
        client.write(fd, "abc").expect(3);
        assertEquals("abc", client.read(fd, 8).text());

        remove(gate);
        assertEquals(1, fifo.releases(), "calls of release when unregisterSync() has returned");
        expectGone(gate, fd);
    }

    @Test
    void descriptorOpenedForOneDirectionGetsEnodev() throws Exception {
        FopsGate gate = mount.register("fifo", new FifoDriver(Sleep.PARKED));
        int reader = client.open(mount.path("fifo"), OpenFlags.O_RDONLY);
        int writer = client.open(mount.path("fifo"), OpenFlags.O_WRONLY | OpenFlags.O_APPEND);
        remove(gate);
        client.read(reader, 1).expect(Errno.ENODEV);
        client.write(writer, "x").expect(Errno.ENODEV);
        client.read(writer, 1).expect(Errno.EBADF); // the kernel's own answer comes first
    }

    @Test
    void nameVanishesForListingStatAndOpen() throws Exception {
        FopsGate gate = mount.register("fifo", new FifoDriver(Sleep.PARKED));
        mount.register("other", new FifoDriver(Sleep.PARKED));
        String path = mount.path("fifo");
        Shell.run("stat \"$1\"", path).expect(0);
        assertTrue(lists("fifo"));

        remove(gate);
        Shell.run("stat \"$1\"", path).expectFailure("No such file or directory");
        Shell.run("cat \"$1\"", path).expectFailure("No such file or directory");
        client.tryOpen(path, OpenFlags.O_RDWR).expect(Errno.ENOENT);
        assertTrue(lists("other"), "the other device is still there");
    }

    @Test
    void everyDescriptorIsReleasedOnceAtTheRemovalAndClosesLater() throws Exception {
        FifoDriver fifo = new FifoDriver(Sleep.PARKED);
        FopsGate gate = mount.register("fifo", fifo);
        int closedBefore = open(gate);
        int first = open(gate);
        int second = open(gate);
        client.close(closedBefore).expect(0);
        TestMount.awaitReleases(fifo, 1);

        remove(gate);
        assertEquals(3, fifo.releases(), "calls of release when unregisterSync() has returned");
        client.close(first).expect(0);
        client.close(second).expect(0);
        TestMount.awaitOpenFiles(mount.mount(), 0);
        assertEquals(3, fifo.releases(), "calls of release after the last close");
        assertTrue(fifo.isEachReleasedOnce());
    }
}
