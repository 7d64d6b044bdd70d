package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An administrator aborts the connection through the fusectl file system. */
class ConnectionAbortIT extends MountBase {
    private static final String ABORT =
            "mount -t fusectl none \"$2\" && n=$(mountpoint -d \"$1\") && n=${n#*:}"
                    + " && echo 1 > \"$2/$n/abort\"; result=$?; umount \"$2\"; exit $result";

    @Test
    void abortedConnectionEndsEveryCallAndTheServerCloses(@TempDir Path control) throws Exception {
        assumeTrue(new OrdinaryUser().isPlayedByRoot(), "only root can mount fusectl");
        FifoDriver parkedDriver = new FifoDriver(Sleep.PARKED);
        FifoDriver threadlessDriver = new FifoDriver(Sleep.THREADLESS);
        FopsGate parked = mount.register("parked", parkedDriver);
        FopsGate threadless = mount.register("threadless", threadlessDriver);
        int fd = open(parked);
        Pending first = client.beginRead(fd, 1);
        Pending second = client.beginRead(open(threadless), 1);
        Pending poll = client.beginPoll(fd, PollEvents.POLLIN).awaitPolling();
        TestMount.awaitAsleep(parked, Verb.READ, 1);
        TestMount.awaitAsleep(threadless, Verb.READ, 1);

        Shell.run(ABORT, mount.path(), control.toString()).expect(0);
        first.await().expect(Errno.ECONNABORTED);
        second.await().expect(Errno.ECONNABORTED);
        assertTrue((poll.await().success() & PollEvents.POLLERR) != 0, "poll tells nothing");
        client.ioctl(fd, FifoDriver.ECHO, "").expect(Errno.ENOTCONN);
        client.tryOpen(mount.path("parked"), OpenFlags.O_RDWR).expect(Errno.ENOTCONN);
        TestMount.awaitReleased(parkedDriver);
        TestMount.awaitReleased(threadlessDriver);
        assertFalse(parked.isRemoving(), "the device itself is still there");
        mount.unmount();
        assertTrue(parked.isRemoved() && threadless.isRemoved());
        assertFalse(mount.isMounted(), "mounted after close()");
        mount.awaitThreadsGone();
    }
}
