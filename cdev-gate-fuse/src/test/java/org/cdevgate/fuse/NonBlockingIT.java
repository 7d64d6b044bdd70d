package org.cdevgate.fuse;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With O_NONBLOCK a call that would sleep gets EAGAIN, and ENODEV once the device is removed. */
class NonBlockingIT extends MountBase {
    @ParameterizedTest
    @EnumSource
    void openedNonBlocking(Sleep sleep) throws Exception {
        FifoDriver fifo = new FifoDriver(sleep);
        FopsGate gate = mount.register("fifo", fifo);
        int fd = client.open(mount.path("fifo"), OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK);
        client.ioctl(fd, FifoDriver.WAIT, "").expect(Errno.EAGAIN);
        client.read(fd, 8).expect(Errno.EAGAIN);
        client.write(fd, "abc").expect(3);
        client.read(fd, 8).expect(3);
        fifo.fill();
        client.write(fd, "abc").expect(Errno.EAGAIN);
        remove(gate);
        client.ioctl(fd, FifoDriver.WAIT, "").expect(Errno.ENODEV);
        expectGone(gate, fd);
    }

    @ParameterizedTest
    @EnumSource
    void madeNonBlockingLater(Sleep sleep) throws Exception {
        FifoDriver fifo = new FifoDriver(sleep);
        FopsGate gate = mount.register("fifo", fifo);
        int fd = open(gate);
        Pending read = client.beginRead(fd, 8);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        client.addFlag(fd, OpenFlags.O_NONBLOCK);
        client.read(fd, 8).expect(Errno.EAGAIN); // the one that sleeps already sleeps on
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        remove(gate);
        read.await().expect(Errno.ENODEV);
        expectGone(gate, fd);
    }
}
