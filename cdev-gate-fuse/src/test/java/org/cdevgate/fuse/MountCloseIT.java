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
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DeviceMount.close() returns however busy the mount is, and leaves nothing behind. */
class MountCloseIT extends MountBase {
    private static final int ROUNDS = 5;
    private static final int BUSY_MILLIS = 50;

    // sys/epoll.h
    private static final int EPOLLEXCLUSIVE = 1 << 28;
    private static final int EPOLLET = 1 << 31;

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

    /**
     * Who was woken by a removal gets its answer, also if the mount is closed at once, and if a
     * process has something else to do between two calls.
     */
    @Test
    void whoARemovalHasWokenLearnsOfItBeforeTheEnd() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (TestMount small = TestMount.create()) {
                removeAndCloseAtOnce(small, round == 0);
            }
            client.closeAll();
        }
    }

    private void removeAndCloseAtOnce(TestMount small, boolean inTurns) throws Exception {
        List<FopsGate> gates = new ArrayList<>();
        List<Pending> calls = new ArrayList<>();
        for (int pause : new int[] {0, BUSY_MILLIS}) {
            gates.add(small.register("poll" + pause, new FifoDriver(Sleep.THREADLESS)));
            int fd = client.open(small.path("poll" + pause), OpenFlags.O_RDWR);
            calls.add(client.beginPollThenRead(fd, PollEvents.POLLIN, pause).awaitPolling());
            gates.add(small.register("epoll" + pause, new FifoDriver(Sleep.THREADLESS)));
            fd = client.open(small.path("epoll" + pause), OpenFlags.O_RDWR);
            calls.add(beginEpollThenRead(fd, EPOLLET, pause));
        }
        if (inTurns) { // each wakes the next, and may have read before that one has asked
            gates.add(small.register("turns", new FifoDriver(Sleep.THREADLESS)));
            int fd = client.open(small.path("turns"), OpenFlags.O_RDWR);
            calls.add(beginEpollThenRead(fd, EPOLLEXCLUSIVE, 0));
            calls.add(beginEpollThenRead(fd, EPOLLEXCLUSIVE, 0));
            calls.add(beginEpollThenRead(fd, EPOLLEXCLUSIVE, 0));
        }
        for (Sleep sleep : Sleep.values()) {
            // One thread polls what others sleep in: their answers are not the poller's.
            FopsGate gate = small.register("sleep" + sleep, new FifoDriver(sleep));
            gates.add(gate);
            int fd = client.open(small.path("sleep" + sleep), OpenFlags.O_RDWR);
            calls.add(client.beginPollThenRead(fd, PollEvents.POLLIN, BUSY_MILLIS).awaitPolling());
            calls.add(client.beginRead(fd, 1));
            calls.add(client.beginIoctl(fd, FifoDriver.WAIT));
            TestMount.awaitAsleep(gate, Verb.READ, 1);
            TestMount.awaitAsleep(gate, Verb.IOCTL, 1);
        }
        gates.forEach(FopsGate::unregisterSync);
        small.unmount();
        for (Pending call : calls) {
            call.await().expect(Errno.ENODEV);
        }
    }

    private Pending beginEpollThenRead(int fd, int how, int pause) throws Exception {
        return client.beginEpollThenRead(fd, PollEvents.POLLIN | how, pause).awaitPolling();
    }

    /** Waits in poll, but no processor runs it when the removal wakes it. */
    @Test
    void aPollerThatIsStoppedForAMomentLearnsOfTheRemovalBeforeTheEnd() throws Exception {
        try (ClientProcess stopped = ClientProcess.start()) {
            FopsGate gate = mount.register("fifo", new FifoDriver(Sleep.THREADLESS));
            int fd = stopped.open(mount.path("fifo"), OpenFlags.O_RDWR);
            Pending poller = stopped.beginPollThenRead(fd, PollEvents.POLLIN, 0).awaitPolling();
            stopped.stop();
            try (Shell shell =
                    Shell.start("sleep 0.2; kill -s CONT \"$1\"", Long.toString(stopped.pid()))) {
                gate.unregisterSync();
                mount.unmount();
                shell.await();
            }
            poller.await().expect(Errno.ENODEV);
        }
    }

    /** And no longer than its own limit. */
    @Test
    void aPollerThatNeverAsksAgainDoesNotHoldTheClose() throws Exception {
        try (ClientProcess stopped = ClientProcess.start();
                TestMount small =
                        TestMount.create(builder -> builder.closeTimeout(Duration.ofMillis(200)))) {
            FopsGate gate = small.register("fifo", new FifoDriver(Sleep.THREADLESS));
            int fd = stopped.open(small.path("fifo"), OpenFlags.O_RDWR);
            stopped.beginPoll(fd, PollEvents.POLLIN).awaitPolling();
            stopped.stop();
            gate.unregisterSync();
            small.unmount();
            assertFalse(small.isMounted(), "mounted after close()");
            stopped.kill();
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
