package org.cdevgate.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A function that blocks delays no other timer, and is named. */
@Timeout(60)
class TimersTest {
    /** So that one has blocked for a second before there are as many as there may be. */
    private static final long PAUSE_NANOS = 100_000_000;

    private final CountDownLatch goOn = new CountDownLatch(1);
    private final Semaphore inside = new Semaphore(0);
    private final AtomicInteger runs = new AtomicInteger();

    private void blocks() throws InterruptedException {
        inside.release();
        goOn.await();
        runs.incrementAndGet();
    }

    private void block(BoundDevice bound, int many) {
        for (int i = 0; i < many; i++) {
            DeviceTimer.setup(bound, "blocks " + i, proof -> blocks()).mod(Duration.ZERO);
        }
    }

    @Test
    void othersRunBesideOneThatBlocks() throws Exception {
        DeviceTimer[] quick = new DeviceTimer[1];
        CountDownLatch ran = new CountDownLatch(1);
        Device device =
                Bound.device(
                        bound -> {
                            block(bound, 20);
                            quick[0] = DeviceTimer.setup(bound, "quick", proof -> ran.countDown());
                        });
        inside.acquire(20);
        quick[0].mod(Duration.ofMillis(1));
        ran.await();
        assertEquals(0, runs.get());
        goOn.countDown();
        assertTrue(device.unbind());
        assertEquals(20, runs.get(), "the unbinding waits for those that run");
    }

    @Test
    void delayedWorkComesBesideATimerThatBlocks() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        Device device =
                Bound.device(
                        bound -> {
                            block(bound, 1);
                            WorkQueue.alloc(bound, "events", 1)
                                    .work("scan", ran::countDown)
                                    .queueDelayed(Duration.ofMillis(1));
                        });
        ran.await();
        goOn.countDown();
        device.unbind();
    }

    @Test
    void thereAreNoMoreThreadsThanSaid() throws Exception {
        Device device = Bound.device(bound -> block(bound, Timers.MOST + 10));
        inside.acquire(Timers.MOST);
        assertEquals(0, inside.availablePermits());
        assertTrue(Timers.SHARED.threads() <= Timers.MOST + 1);
        goOn.countDown();
        inside.acquire(10);
        Bound.until(() -> runs.get() == Timers.MOST + 10);
        device.unbind();
    }

    @Test
    void whoBlocksIsNamed() throws Exception {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        PrintStream real = System.err;
        Device device = Bound.device(bound -> block(bound, 1));
        inside.acquire();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            Bound.until(
                    () -> {
                        try (BoundDevice bound = device.tryEnter().orElseThrow()) {
                            block(bound, 1); // each needs a thread more
                        }
                        inside.acquireUninterruptibly();
                        LockSupport.parkNanos(PAUSE_NANOS);
                        String text = log.toString(StandardCharsets.UTF_8);
                        return text.contains("timer blocks 0 of test:device")
                                && text.contains("TimersTest.blocks");
                    });
        } finally {
            System.setErr(real);
            goOn.countDown();
        }
        device.unbind();
    }
}
