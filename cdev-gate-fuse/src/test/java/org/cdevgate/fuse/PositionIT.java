package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.Seek;
import org.cdevgate.fuse.driver.DiskDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads and writes in parts and at places, and every lseek, on both kinds of node. */
class PositionIT extends MountBase {
    private static final String CONTENT = "0123456789abcdef";
    private static final int NO_WHENCE = 9;

    private ClientProcess asking;

    @BeforeEach
    void startClient() throws Exception {
        asking = ClientProcess.start();
    }

    @AfterEach
    void endClient() throws Exception {
        Closing.all(asking);
    }

    private DiskDriver disk(boolean mappable) throws Exception {
        DiskDriver disk = new DiskDriver(CONTENT, mappable);
        mount.register(disk.gate("disk"), DeviceNode.named("disk"), disk);
        return disk;
    }

    private int openDisk(int flags) throws Exception {
        return asking.open(mount.path("disk"), flags);
    }

    /** A stream is written by one request for each system call, parts together, and read so. */
    @Test
    void streamTakesAndGivesInParts() throws Exception {
        FifoDriver fifo = new FifoDriver(Sleep.PARKED);
        FopsGate gate = mount.register("fifo", fifo);
        int fd = asking.open(mount.path("fifo"), OpenFlags.O_RDWR);
        asking.writev(fd, "ab", "c", "defg").expect(7);
        assertEquals("abcde", asking.readv(fd, 2, 3).text());
        assertEquals("fg", asking.readv(fd, 1, 4, 4).text());
        asking.writev(fd, "0123456789", "abcdefghij").expect(FifoDriver.CAPACITY);
        assertEquals(CONTENT, fifo.drain(), "a write that did not fit");
        remove(gate);
        asking.readv(fd, 2, 3).expect(Errno.ENODEV);
        asking.writev(fd, "a", "b").expect(Errno.ENODEV);
    }

    @Test
    void streamHasNoPosition() throws Exception {
        FifoDriver fifo = new FifoDriver(Sleep.PARKED);
        mount.register("fifo", fifo);
        int fd = asking.open(mount.path("fifo"), OpenFlags.O_RDWR);
        for (int whence = Seek.SEEK_SET; whence <= Seek.SEEK_HOLE; whence++) {
            asking.lseek(fd, 0, whence).expect(Errno.ESPIPE);
        }
        asking.pread(fd, 4, 0).expect(Errno.ESPIPE);
        asking.pwrite(fd, "x", 0).expect(Errno.ESPIPE);
        asking.ftruncate(fd, 0).expect(0); // as on a device node, it truncates nothing
        int appending = asking.open(mount.path("fifo"), OpenFlags.O_RDWR | OpenFlags.O_APPEND);
        asking.write(appending, "abc").expect(3);
        int truncating = asking.open(mount.path("fifo"), OpenFlags.O_RDWR | OpenFlags.O_TRUNC);
        assertEquals("abc", asking.read(truncating, 8).text());
    }

    @Test
    void seekableTakesAndGivesInParts() throws Exception {
        DiskDriver disk = disk(false);
        int fd = openDisk(OpenFlags.O_RDWR);
        assertEquals("01234", asking.readv(fd, 2, 3).text());
        asking.writev(fd, "X", "YZ").expect(3);
        assertEquals("01234XYZ89abcdef", disk.content());
        assertEquals("89", asking.read(fd, 2).text());
        asking.pwrite(fd, "!", 15).expect(1);
        assertEquals("e!", asking.pread(fd, 8, 14).text());
        assertEquals("ab", asking.read(fd, 2).text(), "pread and pwrite move no position");
        asking.pread(fd, 1, CONTENT.length()).expect(0);
        asking.pwrite(fd, "x", CONTENT.length()).expect(Errno.ENOSPC);
        asking.pwrite(fd, "pq", CONTENT.length() - 1).expect(1); // short: its end is reached
        asking.writev(fd, "A", "BCDEFG").expect(4);
        assertEquals("01234XYZ89abABCD", disk.content());
    }

    @Test
    void seekableKnowsEveryWhence() throws Exception {
        disk(false);
        int fd = openDisk(OpenFlags.O_RDWR);
        asking.lseek(fd, 5, Seek.SEEK_SET).expect(5);
        asking.lseek(fd, 3, Seek.SEEK_CUR).expect(8);
        asking.lseek(fd, -9, Seek.SEEK_CUR).expect(Errno.EINVAL);
        asking.lseek(fd, -6, Seek.SEEK_END).expect(10);
        assertEquals("abcd", asking.read(fd, 4).text());
        asking.lseek(fd, 0, Seek.SEEK_CUR).expect(14);
        asking.lseek(fd, 2, Seek.SEEK_DATA).expect(2);
        asking.lseek(fd, 2, Seek.SEEK_HOLE).expect(CONTENT.length());
        asking.lseek(fd, CONTENT.length(), Seek.SEEK_DATA).expect(Errno.ENXIO);
        asking.lseek(fd, 0, NO_WHENCE).expect(Errno.EINVAL);
        asking.lseek(fd, 100, Seek.SEEK_SET).expect(100); // behind the end, where nothing is
        asking.read(fd, 4).expect(0);
    }

    @Test
    void appendingWritesAtTheSizeThatTheDriverTells() throws Exception {
        DiskDriver disk = disk(false);
        int fd = openDisk(OpenFlags.O_RDWR | OpenFlags.O_APPEND);
        asking.write(fd, "x").expect(Errno.ENOSPC); // a disk ends where its size says
        assertEquals("01", asking.read(fd, 2).text());
        assertEquals(CONTENT, disk.content());
    }

    @Test
    void truncatingTruncatesNothing() throws Exception {
        DiskDriver disk = disk(false);
        int fd = openDisk(OpenFlags.O_RDWR | OpenFlags.O_TRUNC);
        asking.fstat(fd).expect(CONTENT.length());
        asking.ftruncate(fd, 3).expect(0);
        asking.fstat(fd).expect(CONTENT.length());
        assertEquals(CONTENT, asking.read(fd, 99).text());
        assertEquals(CONTENT, disk.content());
    }
}
