package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.abi.Seek;
import org.cdevgate.fuse.driver.DiskDriver;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node with positions and a size. */
class SeekableNodeIT extends MountBase {
    private static final String CONTENT = "0123456789abcdef";

    private final DiskDriver disk = new DiskDriver(CONTENT, false);
    private FopsGate gate;
    private String path;

    @BeforeEach
    void register() throws Exception {
        gate = mount.register(disk.gate("disk"), DeviceNode.named("disk"), disk);
        path = mount.path("disk");
    }

    @Test
    void positionsCount() throws Exception {
        int fd = open(gate);
        assertEquals("0123", client.read(fd, 4).text());
        assertEquals("4567", client.read(fd, 4).text());
        client.lseek(fd, -2, Seek.SEEK_END).expect(14);
        assertEquals("ef", client.read(fd, 4).text());
        client.read(fd, 4).expect(0);
        assertEquals("ab", client.pread(fd, 2, 10).text());
        client.lseek(fd, 2, Seek.SEEK_DATA).expect(2);
        client.lseek(fd, 2, Seek.SEEK_HOLE).expect(16);
        client.lseek(fd, 1, Seek.SEEK_SET).expect(1);
        client.write(fd, "XY").expect(2);
        client.fsync(fd).expect(0);
        assertEquals("0XY3456789abcdef", disk.content());
        client.fstat(fd).expect(CONTENT.length());
    }

    @Test
    void toolsSeeAFileOfItsSize() throws Exception {
        assertEquals(CONTENT, Shell.run("cat \"$1\"", path).expect(0));
        assertEquals("cdef", Shell.run("tail -c 4 \"$1\"", path).expect(0));
        assertEquals("16", Shell.run("stat -c %s \"$1\"", path).expect(0).strip());
        assertEquals("45", Shell.run("dd if=\"$1\" bs=1 skip=4 count=2", path).expect(0));
        Shell.run("printf XY | dd of=\"$1\" bs=1 seek=14 conv=notrunc", path).expect(0);
        assertEquals("0123456789abcdXY", disk.content());
        String copy = "f=$(mktemp) && cp \"$1\" \"$f\" && cat \"$f\"; rm \"$f\"";
        assertEquals("0123456789abcdXY", Shell.run(copy, path).expect(0));
        Shell.run("printf 0123456789abcdef0 > \"$1\"", path).expectFailure("");
    }

    @Test
    void removalIsSeenByDescriptorsOfIt() throws Exception {
        int fd = open(gate);
        client.read(fd, 4).expect(4);
        remove(gate);
        client.read(fd, 4).expect(Errno.ENODEV);
        client.pread(fd, 4, 0).expect(Errno.ENODEV);
        client.write(fd, "x").expect(Errno.ENODEV);
        client.fsync(fd).expect(Errno.ENODEV);
        client.lseek(fd, 0, Seek.SEEK_DATA).expect(Errno.ENODEV);
        client.poll(fd, PollEvents.POLLIN, 0).expect(GONE);
        client.tryOpen(path, OpenFlags.O_RDONLY).expect(Errno.ENOENT);
        client.close(fd).expect(0);
        assertEquals(1, disk.releases());
    }

    /** The kernel keeps file locks by inode, so all openings have to share one. */
    @Test
    void lockExcludesASecondOpening() throws Exception {
        Shell.run("exec 8<\"$1\" 9<\"$1\"; flock -n 8 && ! flock -n 9", path).expect(0);
    }
}
