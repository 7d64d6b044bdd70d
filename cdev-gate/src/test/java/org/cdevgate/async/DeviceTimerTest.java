package org.cdevgate.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.device.Device;
import org.cdevgate.device.TestThreads;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeviceTimerTest {
    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration LATE = Duration.ofHours(1);

    private final AtomicInteger runs = new AtomicInteger();
    private DeviceTimer timer;

    private Device device(DeviceTimer.Function function) {
        return Bound.device(bound -> timer = DeviceTimer.setup(bound, "watchdog", function));
    }

    @Test
    void itRunsOnceForEachSetting() {
        Device device = device(bound -> runs.incrementAndGet());
        assertFalse(timer.mod(LATE));
        assertTrue(timer.mod(SOON), "the first setting is replaced");
        Bound.until(() -> runs.get() == 1);
        assertFalse(timer.isPending());
        assertFalse(timer.mod(SOON));
        Bound.until(() -> runs.get() == 2);
        assertFalse(timer.mod(LATE));
        assertTrue(timer.deleteSync());
        assertFalse(timer.deleteSync());
        assertFalse(timer.mod(Duration.ofDays(1_000_000)), "may be set again");
        device.unbind();
        assertFalse(timer.isPending());
        assertFalse(timer.mod(SOON));
        assertFalse(timer.isPending(), "set after its device was unbound");
    }

    @Test
    void deletingEndsATimerThatSetsItselfAgain() {
        Device device =
                device(
                        bound -> {
                            runs.incrementAndGet();
                            timer.mod(Duration.ZERO);
                        });
        timer.mod(SOON);
        Bound.until(() -> runs.get() > 10);
        timer.deleteSync();
        int seen = runs.get();
        assertFalse(timer.isPending());
        assertEquals(seen, runs.get());
        timer.mod(SOON);
        Bound.until(() -> runs.get() > seen);
        device.unbind();
        int last = runs.get();
        assertFalse(timer.isPending());
        assertEquals(last, runs.get(), "runs after its device was unbound");
    }

    @Test
    void deletingWaitsForTheRunButNotFromInside() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Device device =
                device(
                        bound -> {
                            assertThrows(SelfRemovalException.class, timer::deleteSync);
                            assertThrows(SelfRemovalException.class, timer::shutdownSync);
                            assertThrows(SelfRemovalException.class, () -> bound.device().unbind());
                            inside.countDown();
                            goOn.await();
                            runs.incrementAndGet();
                        });
        timer.mod(SOON);
        inside.await();
        FutureTask<Boolean> delete = TestThreads.start(timer::deleteSync);
        FutureTask<Boolean> unbind = TestThreads.start(device::unbind);
        Bound.untilWaiting(delete, unbind);
        goOn.countDown();
        assertFalse(TestThreads.join(delete));
        assertTrue(TestThreads.join(unbind));
        assertEquals(1, runs.get());
    }
}
