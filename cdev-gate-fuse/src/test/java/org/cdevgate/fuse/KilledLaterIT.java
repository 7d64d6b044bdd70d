package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.junit.jupiter.api.Test;

/** The kernel sends one interrupt for each call; a process that is killed after it dies too. */
class KilledLaterIT extends MountBase {
    /** Counts the interrupts that it ignores. */
    private static final class CountingDeafDriver extends CountingDriver {
        private final CountDownLatch answered = new CountDownLatch(1);
        private final AtomicInteger waiting = new AtomicInteger();
        private final AtomicInteger interrupts = new AtomicInteger();

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            waiting.incrementAndGet();
            while (true) {
                try {
                    answered.await();
                    waiting.decrementAndGet();
                    return 0;
                } catch (InterruptedException e) {
                    interrupts.incrementAndGet();
                }
            }
        }
    }

    @Test
    void signalThatTheProcessHandlesDoesNotShieldItFromALaterKill() throws Exception {
        CountingDeafDriver driver = new CountingDeafDriver();
        FopsGate gate = mount.register("deaf", driver);
        try (ClientProcess victim = ClientProcess.start()) {
            Pending read = victim.beginRead(victim.open(mount.path("deaf"), OpenFlags.O_RDWR), 1);
            Within.limit("the read waits", () -> driver.waiting.get() == 1);
            victim.interrupt(read);
            Within.limit("the driver ignores it", () -> driver.interrupts.get() == 1);
            assertFalse(read.isDone(), "a living process lost its call");
            victim.kill(); // fails if the process does not end
            TestMount.awaitOpenFiles(mount.mount(), 0);
            assertEquals(1, driver.waiting.get(), "the driver has not noticed");
            assertEquals(0, driver.releases(), "released under a running read");
        } finally {
            driver.answered.countDown();
        }
        TestMount.awaitReleased(driver);
        remove(gate);
    }
}
