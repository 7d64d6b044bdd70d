package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.driver.SlowOpenDriver;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A call that sleeps gets what it waits for, or ENODEV when the device is removed. */
class BlockedCallIT extends MountBase {
    private FifoDriver fifo;
    private FopsGate gate;
    private int fd;

    private void open(Sleep sleep) throws Exception {
        fifo = new FifoDriver(sleep);
        gate = mount.register("fifo", fifo);
        fd = open(gate);
    }

    private void removalWakes(Pending call, Verb verb) throws Exception {
        TestMount.awaitAsleep(gate, verb, 1);
        remove(gate);
        assertEquals(1, fifo.releases(), "calls of release when unregisterSync() has returned");
        call.await().expect(Errno.ENODEV);
        expectGone(gate, fd);
    }

    @ParameterizedTest
    @EnumSource
    void readSleepsUntilThereIsData(Sleep sleep) throws Exception {
        open(sleep);
        Pending read = client.beginRead(fd, 8);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        fifo.feed("abc");
        assertEquals("abc", read.await().expect(3).text());
    }

    @ParameterizedTest
    @EnumSource
    void writeSleepsUntilThereIsSpace(Sleep sleep) throws Exception {
        open(sleep);
        fifo.fill();
        Pending write = client.beginWrite(fd, "abc");
        TestMount.awaitAsleep(gate, Verb.WRITE, 1);
        fifo.drain();
        write.await().expect(3);
        assertEquals("abc", fifo.drain());
    }

    @ParameterizedTest
    @EnumSource
    void ioctlSleepsUntilItsEvent(Sleep sleep) throws Exception {
        open(sleep);
        Pending ioctl = client.beginIoctl(fd, FifoDriver.WAIT);
        TestMount.awaitAsleep(gate, Verb.IOCTL, 1);
        fifo.signal();
        ioctl.await().expect(0);
    }

    @ParameterizedTest
    @EnumSource
    void removalWakesRead(Sleep sleep) throws Exception {
        open(sleep);
        removalWakes(client.beginRead(fd, 8), Verb.READ);
    }

    @ParameterizedTest
    @EnumSource
    void removalWakesWrite(Sleep sleep) throws Exception {
        open(sleep);
        fifo.fill();
        removalWakes(client.beginWrite(fd, "abc"), Verb.WRITE);
    }

    @ParameterizedTest
    @EnumSource
    void removalWakesIoctl(Sleep sleep) throws Exception {
        open(sleep);
        removalWakes(client.beginIoctl(fd, FifoDriver.WAIT), Verb.IOCTL);
    }

    @ParameterizedTest
    @EnumSource
    void openSleepsUntilTheDeviceIsReady(Sleep sleep) throws Exception {
        SlowOpenDriver modem = new SlowOpenDriver(sleep);
        FopsGate line = mount.register("modem", modem);
        Pending open = client.beginOpen(mount.path("modem"), OpenFlags.O_RDWR);
        TestMount.awaitAsleep(line, Verb.OPEN, 1);
        client.tryOpen(mount.path("modem"), OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK)
                .expect(Errno.EAGAIN);
        modem.ready();
        client.close(open.await().success()).expect(0);
        TestMount.awaitReleases(modem, 1);
    }

    @ParameterizedTest
    @EnumSource
    void removalWakesOpen(Sleep sleep) throws Exception {
        SlowOpenDriver modem = new SlowOpenDriver(sleep);
        FopsGate line = mount.register("modem", modem);
        Pending open = client.beginOpen(mount.path("modem"), OpenFlags.O_RDWR);
        Pending interrupted = client.beginOpen(mount.path("modem"), OpenFlags.O_RDWR);
        TestMount.awaitAsleep(line, Verb.OPEN, 2);
        client.interrupt(interrupted);
        interrupted.await().expect(Errno.EINTR);
        TestMount.awaitAsleep(line, Verb.OPEN, 1);
        remove(line);
        open.await().expect(Errno.ENODEV);
        assertEquals(0, modem.releases(), "calls of release for opens that failed");
        TestMount.awaitOpenFiles(mount.mount(), 0);
    }

    /** Everything at once on descriptors of their own: the calls do not hold each other up. */
    @ParameterizedTest
    @EnumSource
    void removalWakesCallsOfAllKinds(Sleep sleep) throws Exception {
        open(sleep);
        int writer = open(gate);
        int controller = open(gate);
        Pending ioctl = client.beginIoctl(controller, FifoDriver.WAIT);
        TestMount.awaitAsleep(gate, Verb.IOCTL, 1);
        Pending read = client.beginRead(fd, 8);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        client.write(writer, "abc").expect(3);
        read.await().expect(3);
        fifo.fill();
        Pending write = client.beginWrite(writer, "abc");
        TestMount.awaitAsleep(gate, Verb.WRITE, 1);
        remove(gate);
        write.await().expect(Errno.ENODEV);
        ioctl.await().expect(Errno.ENODEV);
        assertEquals(3, fifo.releases(), "calls of release");
    }

    /** Each opening has an inode lock of its own, which the kernel holds during a write. */
    @ParameterizedTest
    @EnumSource
    void sleepingWriteStopsNoOtherOpening(Sleep sleep) throws Exception {
        open(sleep);
        fifo.fill();
        Pending write = client.beginWrite(fd, "abc");
        TestMount.awaitAsleep(gate, Verb.WRITE, 1);
        int other = open(gate);
        Pending second = client.beginWrite(other, "def");
        TestMount.awaitAsleep(gate, Verb.WRITE, 2);
        client.ioctl(other, FifoDriver.ECHO, "").expect(8);
        client.open(mount.path("fifo"), OpenFlags.O_WRONLY | OpenFlags.O_TRUNC);
        client.fsync(open(gate)).expect(Errno.EINVAL); // the driver has none
        client.read(open(gate), FifoDriver.CAPACITY).expect(FifoDriver.CAPACITY);
        write.await().expect(3);
        second.await().expect(3);
    }
}
