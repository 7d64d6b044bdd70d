package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.Seek;
import org.cdevgate.fuse.driver.CameraDriver;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream whose buffers are mapped: each frame is seen as soon as it is announced. */
class StreamMappingIT extends MountBase {
    private static final int SIZE = 2 * CameraDriver.BUFFER;

    private final CameraDriver camera = new CameraDriver();
    private FopsGate gate;
    private int fd;
    private long address;

    @BeforeEach
    void map() throws Exception {
        gate = mount.register(camera.gate("video0"), DeviceNode.named("video0"), camera);
        fd = open(gate);
        address = client.map(fd, SIZE);
    }

    private int seen(int buffer) throws Exception {
        return client.peek(address + 17 + (long) buffer * CameraDriver.BUFFER).text().charAt(0);
    }

    @Test
    void eachFrameIsSeenInItsBuffer() throws Exception {
        for (int frame = 1; frame <= 100; frame++) {
            client.ioctl(fd, CameraDriver.NEXT_FRAME, "").expect(frame);
            assertEquals(frame, seen((frame - 1) % 2));
            assertEquals(frame - 1, seen(frame % 2), "the frame before");
        }
    }

    @Test
    void aStreamItStays() throws Exception {
        assertEquals("\1", client.read(fd, 8).text());
        assertEquals("\2", client.read(fd, 8).text());
        client.lseek(fd, 0, Seek.SEEK_SET).expect(Errno.ESPIPE);
        client.pread(fd, 1, 0).expect(Errno.ESPIPE);
        assertEquals(
                Integer.toString(SIZE),
                Shell.run("stat -c %s \"$1\"", mount.path("video0")).expect(0).strip());
        assertEquals(2, seen(1), "what read gave is in its buffer too");
    }

    @Test
    void whatAProcessStoresReachesTheDriverAtItsPlace() throws Exception {
        client.ioctl(fd, CameraDriver.NEXT_FRAME, "").expect(1);
        client.poke(address, "X").expect(0);
        assertEquals('X', camera.memoryAt(0));
        assertEquals(1, camera.memoryAt(1));
        assertEquals(0, camera.memoryAt(CameraDriver.BUFFER));
    }

    @Test
    void theRemovalTakesTheBuffersAway() throws Exception {
        client.ioctl(fd, CameraDriver.NEXT_FRAME, "").expect(1);
        assertEquals(1, seen(0));
        remove(gate);
        client.peek(address).expect(Errno.EFAULT);
        client.ioctl(fd, CameraDriver.NEXT_FRAME, "").expect(Errno.ENODEV);
    }
}
