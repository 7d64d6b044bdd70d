package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.DiskDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.LetterDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.OtherWays;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.ToolMissing;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Data leave a device by other ways than read(2) too, and no way tells an end that is none. */
class OtherWaysIT extends MountBase {
    private static final String DATA = "abcdefghijklmnop";
    private static final int PAGES_AWAY = 5 * 4096;

    private final FifoDriver fifo = new FifoDriver(Sleep.THREADLESS);
    private ClientProcess asking;
    private OtherWays ways;
    private FopsGate gate;
    private int fd;

    @BeforeEach
    void startClient() throws Exception {
        asking = ClientProcess.start();
        ways = new OtherWays(asking);
        ToolMissing.require(
                ways.hasUring(),
                "io_uring is refused here; these tests need it: sysctl kernel.io_uring_disabled=0,"
                        + " and a container that lets it through");
        gate = mount.register("fifo", fifo);
        fd = asking.open(mount.path("fifo"), OpenFlags.O_RDWR);
    }

    @AfterEach
    void endClient() {
        if (asking != null) {
            asking.close();
        }
    }

    /** Every asynchronous way has the data; splice and sendfile say EINVAL and take none. */
    private void expectAllWaysLeadToData(int descriptor) throws Exception {
        for (long offset : new long[] {0, PAGES_AWAY}) {
            fifo.feed(DATA);
            assertEquals(DATA, ways.aio(descriptor, DATA.length(), offset).text(), "AIO");
            fifo.feed(DATA);
            assertEquals(DATA, ways.uring(descriptor, DATA.length(), offset).text(), "io_uring");
        }
        fifo.feed(DATA);
        assertEquals(DATA, ways.uring(descriptor, DATA.length(), -1).text(), "io_uring, as read");
        fifo.feed(DATA);
        ways.splice(descriptor, DATA.length()).expect(Errno.EINVAL);
        ways.sendfile(descriptor, DATA.length()).expect(Errno.EINVAL);
        ways.sendfileToSocket(descriptor, DATA.length()).expect(Errno.EINVAL);
        assertEquals(DATA, asking.read(descriptor, 99).text(), "what splice took, read has not");
    }

    @Test
    void aStreamIsEmptyForNoWayOfReading() throws Exception {
        expectAllWaysLeadToData(fd);
    }

    @Test
    void norAfterItsSizeWasAskedFor() throws Exception {
        asking.fstat(fd).expect(0);
        asking.stat(mount.path("fifo")).expect(0);
        expectAllWaysLeadToData(fd);
        asking.fstat(fd).expect(0);
        ways.bytesThere(fd).expect(0);
    }

    @Test
    void norAfterItsAttributesWereChanged() throws Exception {
        ways.chmod(fd, 0640).expect(0);
        asking.ftruncate(fd, 0).expect(0);
        expectAllWaysLeadToData(fd);
    }

    @Test
    void norAfterAWriteByTheSameDescriptor() throws Exception {
        asking.write(fd, DATA).expect(DATA.length());
        assertEquals(DATA, fifo.drain());
        expectAllWaysLeadToData(fd);
        asking.write(fd, DATA).expect(DATA.length());
        assertEquals(DATA, ways.uring(fd, DATA.length(), -1).text());
    }

    /** The same inode again, which the kernel has not looked up for this opening. */
    @Test
    void norWhereItIsOpenedAgainByItsDescriptor() throws Exception {
        asking.fstat(fd).expect(0);
        int again = asking.open("/proc/" + asking.pid() + "/fd/" + fd, OpenFlags.O_RDONLY);
        expectAllWaysLeadToData(again);
    }

    @Test
    void allWaysTellOfTheRemoval() throws Exception {
        Pending aio = ways.beginAio(fd, 8);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        Pending uring = ways.beginUring(fd, 8);
        Within.limit("io_uring polls", () -> fifo.polls() > 0);
        remove(gate);
        aio.await().expect(Errno.ENODEV);
        uring.await().expect(Errno.ENODEV);
        asking.fstat(fd).expect(0);
        ways.splice(fd, 8).expect(Errno.ENODEV);
        ways.sendfile(fd, 8).expect(Errno.ENODEV);
        ways.aio(fd, 8, 0).expect(Errno.ENODEV);
        ways.uring(fd, 8, -1).expect(Errno.ENODEV);
    }

    /** Whatever the driver says to a mapping: nothing of a stream without memory has a place. */
    @Test
    void noPageTakesAStreamsData() throws Exception {
        LetterDriver letters = new LetterDriver();
        mount.register("letters", letters);
        int text = asking.open(mount.path("letters"), OpenFlags.O_RDWR);
        ways.splice(text, 4096).expect(Errno.EINVAL);
        asking.peek(asking.map(text, 4096)).expect(Errno.EFAULT);
        assertEquals('a', asking.read(text, 1).text().charAt(0), "a page has taken the first one");
    }

    /** ENODEV would say that the device has gone. */
    @Test
    void aLivingDeviceThatCannotBeMappedSaysEinvalToSendfile() throws Exception {
        DiskDriver disk = new DiskDriver(DATA, false);
        FopsGate diskGate = disk.gate("disk");
        mount.register(diskGate, DeviceNode.named("disk"), disk);
        int file = asking.open(mount.path("disk"), OpenFlags.O_RDWR);
        ways.splice(file, DATA.length()).expect(Errno.EINVAL);
        ways.sendfile(file, DATA.length()).expect(Errno.EINVAL);
        ways.sendfileToSocket(file, DATA.length()).expect(Errno.EINVAL);
        asking.peek(asking.map(file, 4096)).expect(Errno.EFAULT); // SIGBUS to who touches it
        assertEquals(DATA, ways.aio(file, DATA.length(), 0).text());
        assertEquals(DATA, ways.uring(file, DATA.length(), 0).text());
        remove(diskGate);
        ways.splice(file, DATA.length()).expect(Errno.ENODEV);
    }

    @Test
    void whatCanBeMappedCanBeSpliced() throws Exception {
        DiskDriver disk = new DiskDriver(DATA, true);
        mount.register(disk.gate("disk"), DeviceNode.named("disk"), disk);
        int file = asking.open(mount.path("disk"), OpenFlags.O_RDONLY);
        assertEquals(DATA, ways.splice(file, DATA.length()).text());
    }
}
