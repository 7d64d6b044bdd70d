package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.driver.TrickleDriver;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process is signalled as fast as another thread of it can, while it reads and sleeps for a
 * moment each time: interrupts come before, during and after each call. None of them may reach a
 * call of another process on the same threads, every read ends, and no byte that a read took is
 * lost. {@code -Dcdevgate.storm.seconds=N} makes it last longer than 2 seconds for each way of
 * sleeping.
 */
class SignalStormIT extends MountBase {
    private static final long MILLIS = 1000L * Integer.getInteger("cdevgate.storm.seconds", 2);
    private static final long BETWEEN_BYTES_NANOS = 20_000;
    private static final int SIGNALLED = 2;

    @ParameterizedTest
    @EnumSource
    void interruptsReachNobodyElse(Sleep sleep) throws Exception {
        TrickleDriver driver = new TrickleDriver(sleep);
        FopsGate gate = mount.register("trickle", driver);
        String path = mount.path("trickle");
        try (ClientProcess signalled = ClientProcess.start();
                ClientProcess spared = ClientProcess.start()) {
            Pending[] storms = new Pending[SIGNALLED];
            for (int i = 0; i < SIGNALLED; i++) {
                int fd = signalled.open(path, OpenFlags.O_RDWR);
                storms[i] = signalled.beginStorm(fd, MILLIS, true);
            }
            Pending calm = spared.beginStorm(spared.open(path, OpenFlags.O_RDONLY), MILLIS, false);
            int other = spared.open(path, OpenFlags.O_RDONLY);
            Thread feeder = new Thread(() -> feedUntilDone(driver, calm, storms), "harness-feeder");
            feeder.start();
            long ioctls = 0;
            while (feeder.isAlive()) {
                spared.ioctl(other, 0, "").expect(0);
                spared.close(spared.open(path, OpenFlags.O_RDONLY)).expect(0);
                ioctls++;
            }
            feeder.join();
            long received = calm.await().success();
            long interrupted = 0;
            long signals = 0;
            for (Pending storm : storms) {
                received += storm.await().success();
                String[] counts = storm.await().text().split(" ", -1);
                interrupted += Long.parseLong(counts[0]);
                signals += Long.parseLong(counts[1]);
            }
            assertEquals(0, driver.strayInterrupts(), "interrupts that were for another call");
            assertEquals(driver.taken(), received, "bytes that reads took and processes got");
            assertTrue(
                    interrupted > 0 && received > 0 && ioctls > 0,
                    received + " bytes, " + interrupted + " EINTR of " + signals + " signals");
        }
        TestMount.awaitReleased(driver);
        TestMount.awaitNoCalls(gate);
    }

    private static void feedUntilDone(TrickleDriver driver, Pending calm, Pending[] storms) {
        boolean done = false;
        while (!done) {
            if (driver.available() == 0) {
                driver.feed();
            }
            LockSupport.parkNanos(BETWEEN_BYTES_NANOS);
            done = calm.isDone();
            for (Pending storm : storms) {
                done &= storm.isDone();
            }
        }
    }
}
