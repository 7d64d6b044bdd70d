package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A mount that ends in another way than by close() alone. */
class ForeignEndIT extends MountBase {
    @ParameterizedTest
    @EnumSource
    void mountThatWasAbortedByOthersReleasesItsFilesAndLeavesNoThread(Sleep sleep)
            throws Exception {
        TestMount.requireAbort();
        FifoDriver fifo = new FifoDriver(sleep);
        FopsGate gate = mount.register("fifo", fifo);
        int fd = open(gate);
        Pending read = client.beginRead(fd, 1);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        mount.abort();
        assertTrue(read.await().errno() != 0, "the sleeping read ends with an error");
        TestMount.awaitReleased(fifo);
        TestMount.awaitOpenFiles(mount.mount(), 0);
        assertFalse(gate.isRemoving(), "the device itself is still there");
        mount.unmount();
        assertTrue(gate.isRemoved());
        mount.awaitThreadsGone();
        client.close(fd).expect(0);
    }

    @Test
    void openThatEndsAfterTheConnectionIsReleasedAtOnce() throws Exception {
        TestMount.requireAbort();
        CountDownLatch inOpen = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountingDriver driver =
                new CountingDriver() {
                    @Override
                    public int open(OpenFile file, Call call) throws ErrnoException {
                        inOpen.countDown();
                        while (goOn.getCount() > 0) {
                            try {
                                goOn.await();
                            } catch (InterruptedException e) {
                                // deaf
                            }
                        }
                        return super.open(file, call);
                    }
                };
        FopsGate gate = mount.register("slow", driver);
        Pending open = client.beginOpen(mount.path("slow"), OpenFlags.O_RDONLY);
        try {
            Within.limit("the open runs", () -> inOpen.getCount() == 0);
            mount.abort();
            assertTrue(open.await().errno() != 0, "the caller is cut off");
        } finally {
            goOn.countDown();
        }
        Within.limit("it was opened and released", () -> driver.releases() == 1);
        TestMount.awaitOpenFiles(mount.mount(), 0);
        assertFalse(gate.isRemoving());
    }

    @Test
    void closeFinishesARemovalThatWasOnlyBegun() throws Exception {
        AtomicBoolean tornDown = new AtomicBoolean();
        FopsGate gate =
                FopsGate.builder("begun", new FifoDriver(Sleep.PARKED))
                        .onTeardown(() -> tornDown.set(true))
                        .build();
        mount.mount().register(gate, DeviceNode.named("begun"));
        gate.beginRemoval();
        mount.unmount();
        assertTrue(gate.isRemoved(), "close() forgot a device whose removal had begun");
        assertTrue(tornDown.get());
    }

    @Test
    void closeFromInsideACallIsRefusedAndChangesNothing() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountingDriver driver =
                new CountingDriver() {
                    @Override
                    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                        try {
                            mount.mount().close();
                        } catch (RuntimeException e) {
                            thrown.set(e);
                        }
                        return 0;
                    }
                };
        FopsGate gate = mount.register("closer", driver);
        int fd = open(gate);
        client.read(fd, 1).expect(0);
        Within.limit("the call has tried", () -> thrown.get() != null);
        assertInstanceOf(SelfRemovalException.class, thrown.get());
        assertFalse(gate.isRemoving());
        client.read(fd, 1).expect(0);
        client.close(fd).expect(0);
        TestMount.awaitReleased(driver);
        assertEquals(1, driver.releases());
    }
}
