package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.FileAlreadyExistsException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.Test;

/** A registration that fails takes nothing away from those who use the device already. */
class SecondPublicationIT extends MountBase {
    private final FifoDriver driver = new FifoDriver(Sleep.THREADLESS);

    @Test
    void liveDeviceStaysWhenItIsRegisteredAgainUnderANameInUse() throws Exception {
        FopsGate live = FopsGate.of("live", driver);
        mount.register(live, DeviceNode.named("live").link("alias"), driver);
        mount.register("taken", new FifoDriver(Sleep.THREADLESS));
        int fd = client.open(mount.path("live"), OpenFlags.O_RDWR);
        for (DeviceNode node :
                new DeviceNode[] {
                    DeviceNode.named("live"),
                    DeviceNode.named("taken"),
                    DeviceNode.named("alias"),
                    DeviceNode.named("free").link("taken"),
                }) {
            assertThrows(
                    FileAlreadyExistsException.class, () -> mount.mount().register(live, node));
        }
        try (TestMount other = TestMount.create()) {
            other.register("live", new FifoDriver(Sleep.THREADLESS));
            assertThrows(
                    FileAlreadyExistsException.class,
                    () -> other.mount().register(live, DeviceNode.named("live")));
        }
        client.ioctl(fd, FifoDriver.ECHO, "").expect(8);
        assertFalse(live.isRemoving(), "a failed registration removed a live device");
        mount.remove(live);
    }

    @Test
    void deviceOfARegistryStaysToo() throws Exception {
        CharDevices devices = new CharDevices();
        FopsGate live = FopsGate.of("live", driver);
        devices.add(live, devices.allocRegion(0, 1, "it").first(), "live", 0600);
        mount.register("live", new FifoDriver(Sleep.THREADLESS));
        assertThrows(
                FileAlreadyExistsException.class,
                () -> mount.mount().register(live, DeviceNode.named("live")));
        assertFalse(live.isRemoving(), "a failed registration removed a live device");
        live.unregisterSync();
    }

    @Test
    void gateThatIsNowhereElseIsRemoved() throws Exception {
        mount.register("taken", driver);
        FopsGate fresh = FopsGate.of("fresh", new FifoDriver(Sleep.THREADLESS));
        assertThrows(
                FileAlreadyExistsException.class,
                () -> mount.mount().register(fresh, DeviceNode.named("taken")));
        assertTrue(fresh.isRemoving());
    }
}
