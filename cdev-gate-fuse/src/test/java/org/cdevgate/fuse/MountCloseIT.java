package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.driver.DeafDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.Verb;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DeviceMount.close() returns however busy the mount is, and leaves nothing behind. */
class MountCloseIT extends MountBase {
    @ParameterizedTest
    @EnumSource
    void busyMountIsClosed(Sleep sleep) throws Exception {
        FifoDriver fifo = new FifoDriver(sleep);
        FopsGate gate = mount.register("fifo", fifo);
        FifoDriver full = new FifoDriver(sleep);
        full.fill();
        FopsGate fullGate = mount.register("sub/full", full);
        FopsGate removed = mount.register("removed", new FifoDriver(sleep));
        int removedFd = open(removed);
        mount.remove(removed);
        int fd = open(gate);
        int fullFd = open(fullGate);
        Pending read = client.beginRead(fd, 1);
        Pending ioctl = client.beginIoctl(fd, FifoDriver.WAIT);
        Pending write = client.beginWrite(fullFd, "x");
        Pending poll = client.beginPoll(fd, PollEvents.POLLIN).awaitPolling();
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        TestMount.awaitAsleep(gate, Verb.IOCTL, 1);
        TestMount.awaitAsleep(fullGate, Verb.WRITE, 1);

        mount.unmount();
        read.await().expect(Errno.ENODEV);
        ioctl.await().expect(Errno.ENODEV);
        write.await().expect(Errno.ENODEV);
        int mask = poll.await().success();
        assertTrue((mask & PollEvents.POLLERR) != 0, () -> PollEvents.toString(mask));
        assertTrue(gate.isRemoved() && fullGate.isRemoved(), "devices removed");
        assertEquals(1, fifo.releases(), "calls of release");
        assertFalse(mount.isMounted(), "mounted after close()");
        mount.awaitThreadsGone();

        for (int old : new int[] {fd, fullFd, removedFd}) {
            client.read(old, 1).expect(Errno.ENOTCONN);
            client.write(old, "x").expect(Errno.ENOTCONN);
            client.ioctl(old, FifoDriver.ECHO, "").expect(Errno.ENOTCONN);
            client.fstat(old).expect(Errno.ENOTCONN);
            client.poll(old, PollEvents.POLLIN, 0).expect(PollEvents.POLLERR);
            client.close(old).expect(0);
        }
        client.tryOpen(mount.path("fifo"), OpenFlags.O_RDWR).expect(Errno.ENOENT);
        assertEquals("", Shell.run("ls \"$1\"", mount.path()).expect(0), "files below the mount");
        mount.unmount(); // once more: nothing to do
    }

    /** Who was woken by a removal gets its answer, also if the mount is closed at once. */
    @RepeatedTest(3)
    void pollersThatARemovalHasWokenLearnOfItBeforeTheEnd() throws Exception {
        List<FopsGate> gates = new ArrayList<>();
        List<Pending> pollers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            FopsGate gate = mount.register("fifo" + i, new FifoDriver(Sleep.THREADLESS));
            gates.add(gate);
            pollers.add(client.beginPollThenRead(open(gate), PollEvents.POLLIN).awaitPolling());
        }
        gates.forEach(FopsGate::unregisterSync);
        mount.unmount();
        for (Pending poller : pollers) {
            poller.await().expect(Errno.ENODEV);
        }
    }

    /** A shell that stands in the mount makes an ordinary umount fail with EBUSY. */
    @Test
    void mountThatIsAWorkingDirectoryIsClosed() throws Exception {
        mount.register("fifo", new FifoDriver(Sleep.PARKED));
        try (Shell shell = Shell.start("cd \"$1\" && echo there && sleep 15", mount.path())) {
            shell.awaitOutput("there");
            mount.unmount();
            assertFalse(mount.isMounted(), "mounted after close()");
        }
    }

    @Test
    void sameFolderCanBeMountedAgain() throws Exception {
        int fd = open(mount.register("fifo", new FifoDriver(Sleep.PARKED)));
        mount.unmount();
        try (DeviceMount again = DeviceMount.mount(mount.mount().mountPoint())) {
            again.register("fifo", new FifoDriver(Sleep.PARKED));
            int newFd = client.open(mount.path("fifo"), OpenFlags.O_RDWR);
            client.ioctl(newFd, FifoDriver.ECHO, "").expect(8);
            client.read(fd, 1).expect(Errno.ENOTCONN);
            client.closeAll();
        }
    }

    /** The callers of a driver that never returns are cut off after the time limit. */
    @Test
    void driverThatDoesNotReturnDelaysTheCloseNoLongerThanItsLimit() throws Exception {
        DeafDriver driver = new DeafDriver();
        try (TestMount small =
                TestMount.create(builder -> builder.closeTimeout(Duration.ofMillis(200)))) {
            FopsGate gate = small.register("deaf", driver);
            Pending read = client.beginRead(client.open(small.path("deaf"), OpenFlags.O_RDWR), 1);
            Within.limit("the read waits", () -> driver.waiting() == 1);
            try {
                small.unmount();
                assertTrue(read.await().errno() != 0, "the caller is cut off with an error");
                assertFalse(small.isMounted(), "mounted after close()");
                assertFalse(gate.isRemoved(), "a removal cannot finish while the driver runs");
            } finally {
                driver.answer();
            }
            small.remove(gate);
        }
    }
}
