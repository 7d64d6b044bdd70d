package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.ThrowingDriver;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.junit.jupiter.api.Test;

/** A driver with bugs harms its own caller only: EIO, and the removal works as ever. */
class ThrowingDriverIT extends MountBase {
    @Test
    void callerGetsEioAndRemovalReturns() throws Exception {
        ThrowingDriver driver = new ThrowingDriver();
        FopsGate gate = mount.register("broken", driver);
        int fd = open(gate);
        for (int i = 0; i < 3; i++) {
            client.read(fd, 8).expect(Errno.EIO);
            client.write(fd, "x").expect(Errno.EIO);
            client.ioctl(fd, FifoDriver.ECHO, "").expect(Errno.EIO);
            client.fsync(fd).expect(Errno.EIO);
            client.poll(fd, PollEvents.POLLIN, 0).expect(PollEvents.POLLERR);
        }
        Shell.run("cat \"$1\"", mount.path("broken")).expectFailure("Input/output error");
        TestMount.awaitReleases(driver, 1);
        TestMount.awaitNoCalls(gate);

        remove(gate);
        assertEquals(2, driver.releases(), "calls of release");
        expectGone(gate, fd);
    }

    @Test
    void openThatThrowsIsNotReleased() throws Exception {
        int[] releases = new int[1];
        FopsGate gate =
                mount.register(
                        "broken",
                        new FileOperations() {
                            @Override
                            public int open(OpenFile file, Call call) {
                                throw new IllegalStateException("a bug in open, made on purpose");
                            }

                            @Override
                            public void release(OpenFile file, Call call) {
                                releases[0]++;
                            }
                        });
        client.tryOpen(mount.path("broken"), OpenFlags.O_RDWR).expect(Errno.EIO);
        remove(gate);
        assertEquals(0, releases[0], "calls of release for an open that failed");
    }

    @Test
    void errorsThatADriverMeansReachTheCaller() throws Exception {
        mount.register(
                "busy",
                new FileOperations() {
                    @Override
                    public int open(OpenFile file, Call call)
                            throws org.cdevgate.abi.ErrnoException {
                        if (file.isWritable()) {
                            throw Errno.EBUSY.exception();
                        }
                        return 0;
                    }
                });
        String path = mount.path("busy");
        client.tryOpen(path, OpenFlags.O_RDWR).expect(Errno.EBUSY);
        int fd = client.open(path, OpenFlags.O_RDONLY);
        // What the kernel answers for operations that a driver does not have.
        client.read(fd, 1).expect(Errno.EINVAL);
        client.ioctl(fd, FifoDriver.ECHO, "").expect(Errno.ENOTTY);
        client.fsync(fd).expect(Errno.EINVAL);
        client.lseek(fd, 0, 0).expect(Errno.ESPIPE);
        client.poll(fd, PollEvents.POLLIN | PollEvents.POLLOUT, 0)
                .expect(PollEvents.POLLIN | PollEvents.POLLOUT);
    }
}
