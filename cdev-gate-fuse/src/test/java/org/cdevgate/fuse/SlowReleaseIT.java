package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.junit.jupiter.api.Test;

/** A release that takes long stops nobody, but comes before a later open of its device. */
class SlowReleaseIT extends MountBase {
    /** May be open once at a time, and takes its time to be closed. */
    private static final class ExclusiveDriver extends CountingDriver {
        private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(25);
        private final AtomicBoolean open = new AtomicBoolean();

        @Override
        public int open(OpenFile file, Call call) throws ErrnoException {
            if (!open.compareAndSet(false, true)) {
                throw Errno.EBUSY.exception();
            }
            return super.open(file, call);
        }

        @Override
        public void release(OpenFile file, Call call) {
            long end = System.nanoTime() + NANOS;
            while (System.nanoTime() - end < 0) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            super.release(file, call);
            open.set(false);
        }
    }

    /** Its release does not return until the test lets it. */
    private static final class StuckDriver extends CountingDriver {
        private final CountDownLatch released = new CountDownLatch(1);
        private final CountDownLatch letGo = new CountDownLatch(1);

        @Override
        public void release(OpenFile file, Call call) {
            released.countDown();
            while (letGo.getCount() > 0) {
                LockSupport.parkNanos(100_000); // whatever interrupts it
            }
            super.release(file, call);
        }
    }

    @Test
    void whoClosesAndOpensAgainFindsTheDeviceReleased() throws Exception {
        ExclusiveDriver driver = new ExclusiveDriver();
        FopsGate gate = mount.register("exclusive", driver);
        for (int i = 0; i < 10; i++) {
            int fd = client.open(mount.path("exclusive"), OpenFlags.O_RDWR);
            client.close(fd).expect(0);
        }
        remove(gate);
        assertEquals(10, driver.releases());
    }

    @Test
    void anOpenBehindAStuckReleaseCanBeKilledAndRemoved() throws Exception {
        StuckDriver driver = new StuckDriver();
        FopsGate gate = mount.register("stuck", driver);
        int fd = client.open(mount.path("stuck"), OpenFlags.O_RDWR);
        client.close(fd).expect(0);
        Within.limit("the release has begun", () -> driver.released.getCount() == 0);
        try (ClientProcess victim = ClientProcess.start()) {
            victim.beginOpen(mount.path("stuck"), OpenFlags.O_RDWR);
            mount.awaitParked(2); // the release and the open
            victim.kill();
        }
        mount.awaitParked(1);
        Pending open = client.beginOpen(mount.path("stuck"), OpenFlags.O_RDWR);
        mount.awaitParked(2);
        gate.beginRemoval();
        open.await().expect(Errno.ENODEV);
        driver.letGo.countDown();
        remove(gate);
    }
}
