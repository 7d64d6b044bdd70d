package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.driver.DiskDriver;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.Test;

/**
 * Pages of a mapped device come from the driver and go with it. The client touches them through
 * system calls, which answer EFAULT where a program would get SIGBUS.
 */
class MappingIT extends MountBase {
    private static final int PAGE = 4096;
    private static final int PAGES = 64; // more than the kernel reads ahead at the first touch
    private static final String CONTENT = "0123456789abcdef".repeat(PAGES * PAGE / 16);

    private DiskDriver disk;
    private FopsGate gate;

    private long map(boolean mappable) throws Exception {
        disk = new DiskDriver(CONTENT, mappable);
        gate = mount.register(disk.gate("disk"), DeviceNode.named("disk"), disk);
        return client.map(open(gate), PAGES * PAGE);
    }

    @Test
    void pagesComeFromTheDriverAndGoToIt() throws Exception {
        long address = map(true);
        assertEquals("5", client.peek(address + 5).text());
        assertEquals("f", client.peek(address + (PAGES - 1) * PAGE + 15).text());
        client.poke(address, "X").expect(0);
        assertEquals("X123", disk.content().substring(0, 4));
    }

    @Test
    void removalTakesPagesAway() throws Exception {
        long address = map(true);
        client.peek(address).expect(1);
        remove(gate);
        assertEquals(1, disk.releases(), "calls of release when unregisterSync() has returned");
        client.peek(address).expect(Errno.EFAULT);
        client.peek(address + (PAGES - 1) * PAGE).expect(Errno.EFAULT);
    }

    @Test
    void driverThatCannotBeMappedHasNoPages() throws Exception {
        long address = map(false);
        client.peek(address).expect(Errno.EFAULT);
        remove(gate);
        client.peek(address).expect(Errno.EFAULT);
    }
}
