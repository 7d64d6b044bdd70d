package org.cdevgate.fuse;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.DiskDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.OtherWays;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A lease holds up who opens the same inode: nobody else, where each open has its own. (It has no
 * time limit that a test could wait for, but the kernel's of 45 s.)
 */
class LeaseIT extends MountBase {
    // fcntl.h
    private static final int F_RDLCK = 0;
    private static final int F_WRLCK = 1;

    private ClientProcess leasing;

    @BeforeEach
    void startClient() throws Exception {
        leasing = ClientProcess.start();
    }

    @AfterEach
    void endClient() {
        if (leasing != null) {
            leasing.close();
        }
    }

    private FopsGate register(boolean seekable) throws Exception {
        if (!seekable) {
            return mount.register("leased", new FifoDriver(Sleep.THREADLESS));
        }
        DiskDriver disk = new DiskDriver("0123456789", false);
        FopsGate gate =
                FopsGate.builder("leased", disk).seekable(() -> 10).sleepingWrites().build();
        return mount.register(gate, DeviceNode.named("leased"), disk);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLeaseHoldsUpNobodyWhoHasAnInodeOfHisOwn(boolean seekable) throws Exception {
        FopsGate gate = register(seekable);
        String path = mount.path("leased");
        OtherWays ways = new OtherWays(leasing);
        ways.lease(leasing.open(path, OpenFlags.O_RDONLY), F_RDLCK).expect(0);
        client.tryOpen(path, OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK).success();
        client.open(path, OpenFlags.O_RDWR);
        ways.lease(leasing.open(path, OpenFlags.O_RDWR), F_WRLCK).expect(0);
        Pending open = client.beginOpen(path, OpenFlags.O_RDONLY);
        int fd = open.await().success();
        remove(gate);
        client.read(fd, 1).expect(Errno.ENODEV);
        client.tryOpen(path, OpenFlags.O_RDONLY).expect(Errno.ENOENT);
    }
}
