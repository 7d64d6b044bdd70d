package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;

/** One user's parked calls in one device leave threads for other devices and for other users. */
class ShareIT extends MountBase {
    private static final int MOST = 64;

    private static FopsGate register(TestMount mount, String name) throws Exception {
        FifoDriver fifo = new FifoDriver(Sleep.PARKED);
        return mount.register(FopsGate.of(name, fifo), DeviceNode.named(name).mode(0666), fifo);
    }

    /** Parks as many as may be, and finds that one more is refused. */
    private static List<Pending> parkAll(ClientProcess by, TestMount mount, FopsGate gate)
            throws Exception {
        int fd = by.open(mount.path(gate.name()), OpenFlags.O_RDWR);
        List<Pending> reads = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            reads.add(by.beginRead(fd, 1));
        }
        TestMount.awaitAsleep(gate, Verb.READ, MOST);
        by.read(fd, 1).expect(Errno.ENOMEM);
        by.tryOpen(mount.path(gate.name()), OpenFlags.O_RDWR).expect(Errno.ENOMEM);
        return reads;
    }

    private static void expectServed(ClientProcess by, TestMount mount, FopsGate gate)
            throws Exception {
        int fd = by.open(mount.path(gate.name()), OpenFlags.O_RDWR);
        by.ioctl(fd, FifoDriver.ECHO, "12345678").expect(8);
        by.write(fd, "x").expect(1);
        by.read(fd, 1).expect(1);
        by.close(fd).expect(0);
    }

    @Test
    void anotherDeviceIsServedAndMayParkCallsToo() throws Exception {
        try (TestMount shared = TestMount.create(builder -> builder.maxParkedCalls(MOST))) {
            FopsGate hog = register(shared, "hog");
            FopsGate other = register(shared, "other");
            List<Pending> parked = parkAll(client, shared, hog);
            expectServed(client, shared, other);
            int fd = client.open(shared.path("other"), OpenFlags.O_RDWR);
            for (int i = 0; i < MOST / 4; i++) {
                parked.add(client.beginRead(fd, 1));
            }
            TestMount.awaitAsleep(other, Verb.READ, MOST / 4);
            shared.remove(hog);
            shared.remove(other);
            for (Pending read : parked) {
                read.await().expect(Errno.ENODEV);
            }
            client.closeAll();
        }
    }

    @Test
    void anotherUserIsServedInTheSameDevice() throws Exception {
        OrdinaryUser user = new OrdinaryUser();
        assumeTrue(user.isPlayedByRoot(), "needs two users");
        try (TestMount shared =
                        TestMount.create(builder -> builder.allowOther(true).maxParkedCalls(MOST));
                ClientProcess nobody = ClientProcess.startBy(user.command(List.of()))) {
            Files.setPosixFilePermissions(
                    Path.of(shared.path()).getParent(),
                    PosixFilePermissions.fromString("rwx--x--x"));
            FopsGate hog = register(shared, "hog");
            FopsGate other = register(shared, "other");
            List<Pending> parked = parkAll(nobody, shared, hog);
            int fd = client.open(shared.path("hog"), OpenFlags.O_RDWR);
            client.ioctl(fd, FifoDriver.ECHO, "12345678").expect(8);
            Pending own = client.beginRead(fd, 1);
            TestMount.awaitAsleep(hog, Verb.READ, MOST + 1);
            expectServed(client, shared, other);
            expectServed(nobody, shared, other);
            shared.remove(hog);
            own.await().expect(Errno.ENODEV);
            for (Pending read : parked) {
                read.await().expect(Errno.ENODEV);
            }
            client.closeAll();
        }
    }
}
