package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.fuse.driver.CameraDriver;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.Signal;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process touches mapped memory itself, with loads and stores, and gets SIGBUS itself. */
class TouchIT extends MountBase {
    private static final int SIZE = 2 * CameraDriver.BUFFER;
    private static final int BUS = -Signal.BUS.number();

    private final CameraDriver camera = new CameraDriver();
    private FopsGate gate;
    private ClientProcess asking;
    private int fd;

    @BeforeEach
    void open() throws Exception {
        gate = mount.register(camera.gate("video0"), DeviceNode.named("video0"), camera);
        asking = ClientProcess.start();
        fd = asking.open(mount.path("video0"), 2);
        asking.ioctl(fd, CameraDriver.NEXT_FRAME, "").expect(1);
    }

    @AfterEach
    void end() throws Exception {
        Closing.all(asking);
    }

    @Test
    void storeReachesTheDriverWithTheNextFsync() throws Exception {
        long address = asking.map(fd, SIZE);
        asking.store(address, "X").expect('X');
        asking.fsync(fd).expect(0);
        assertEquals('X', camera.memoryAt(0));
        assertEquals(1, camera.memoryAt(1), "the byte beside it");
    }

    /** Also what a process stored that was killed: its mapping ends, and is written back. */
    @Test
    void storeReachesTheDriverWhenTheMappingEnds() throws Exception {
        long address = asking.map(fd, SIZE);
        asking.store(address, "X").expect('X');
        asking.kill();
        Within.limit("the store is written back", () -> camera.memoryAt(0) == 'X');
        TestMount.awaitReleased(camera);
    }

    @Test
    void afterTheRemovalEveryTouchIsSigbus() throws Exception {
        long address = asking.map(fd, SIZE);
        asking.load(address).expect(1);
        remove(gate);
        asking.load(address).expect(BUS); // was there
        asking.load(address + CameraDriver.BUFFER).expect(BUS); // was never touched
        asking.store(address, "X").expect(BUS);
        asking.load(asking.map(fd, SIZE)).expect(BUS); // mapped after the removal
        assertEquals(1, camera.memoryAt(0), "a store after the removal reached the driver");
    }

    /** A store that is on its way when the device goes is written, or lost: never written late. */
    @Test
    void storeBeforeTheRemovalIsWrittenBeforeItsEndOrNever() throws Exception {
        long address = asking.map(fd, SIZE);
        asking.store(address, "X").expect('X');
        remove(gate);
        int atTheEnd = camera.memoryAt(0);
        asking.kill();
        TestMount.awaitOpenFiles(mount.mount(), 0);
        assertEquals(atTheEnd, camera.memoryAt(0), "written when the device was gone");
    }

    @Test
    void privateCopyOutlivesTheDevice() throws Exception {
        long address = asking.mapPrivate(fd, SIZE);
        asking.store(address, "X").expect('X');
        asking.load(address + CameraDriver.BUFFER).expect(0);
        remove(gate);
        asking.load(address).expect('X');
        asking.load(address + CameraDriver.BUFFER).expect(BUS); // read only: still the device's
        assertEquals(1, camera.memoryAt(0), "the driver's memory");
    }
}
