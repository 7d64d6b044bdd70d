package org.cdevgate.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.cdevgate.device.Device;
import org.cdevgate.device.TestThreads;
import org.cdevgate.internal.DaemonThreads;
import org.cdevgate.internal.WaitsFor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Settings of timers that come late, and handlers that share a line. */
@Timeout(60)
class TimersAndIrqsTest {
    private static final Duration LONG = Duration.ofHours(1);

    /** Those in which the functions of timers ran. */
    private final AtomicInteger threads = new AtomicInteger();

    private final Timers timers =
            new Timers(
                    DaemonThreads.timer("test-clock"),
                    task -> {
                        threads.incrementAndGet();
                        return DaemonThreads.factory("test-functions").newThread(task);
                    });
    private DeviceTimer timer;

    @Test
    void aTimerThatIsShutDownIsNeverSet() {
        Device device = device(bound -> {});
        assertFalse(timer.mod(LONG));
        assertTrue(timer.shutdownSync());
        assertFalse(timer.mod(LONG));
        assertFalse(timer.isPending(), "it would run when its device is gone");
        assertTrue(device.unbind());
    }

    /** What the clock's thread does for those set before, it has done when this returns. */
    private void awaitClock() throws InterruptedException {
        CountDownLatch passed = new CountDownLatch(1);
        BooleanSupplier next =
                () -> {
                    passed.countDown();
                    return true;
                };
        timers.arm(next, Duration.ZERO);
        assertTrue(passed.await(30, TimeUnit.SECONDS), "the clock stands still");
    }

    private Device device(DeviceTimer.Function function) {
        return Bound.device(bound -> timer = DeviceTimer.setup(bound, "t", function, timers));
    }

    /** The first setting's time has come, and it waits for the lock when the timer is set anew. */
    @Test
    void anOlderSettingThatComesLateDoesNothing() throws Exception {
        Device device = device(bound -> {});
        DeviceTimer lock = timer;
        synchronized (lock) {
            timer.mod(Duration.ZERO);
            Bound.until(() -> isWantedByTheClock(lock));
            timer.mod(LONG);
        }
        awaitClock();
        assertEquals(0, threads.get(), "it runs an hour early");
        assertTrue(timer.isPending());
        assertTrue(device.unbind());
    }

    @Test
    void aTimerThatIsSetWhileItRunsRunsOnceMoreAfterwards() throws Exception {
        Semaphore inside = new Semaphore(0);
        Semaphore goOn = new Semaphore(0);
        Device device =
                device(
                        bound -> {
                            inside.release();
                            goOn.acquire();
                        });
        timer.mod(Duration.ZERO);
        inside.acquire();
        timer.mod(Duration.ZERO);
        awaitClock();
        assertEquals(1, threads.get(), "it runs on two threads at once");
        assertTrue(timer.isPending());
        goOn.release(2);
        assertTrue(inside.tryAcquire(30, TimeUnit.SECONDS), "it was set, and does not run");
        assertTrue(device.unbind());
    }

    @Test
    void aTimerThatIsBeingDeletedDoesNotSetItself() throws Exception {
        Semaphore inside = new Semaphore(0);
        Semaphore goOn = new Semaphore(0);
        AtomicBoolean set = new AtomicBoolean();
        Device device =
                device(
                        bound -> {
                            inside.release();
                            goOn.acquire();
                            timer.mod(LONG);
                            set.set(timer.isPending());
                        });
        timer.mod(Duration.ZERO);
        inside.acquire();
        FutureTask<Boolean> delete = TestThreads.start(() -> timer.deleteSync());
        Bound.untilWaiting(delete);
        goOn.release();
        assertFalse(TestThreads.join(delete));
        assertFalse(set.get(), "it is set when deleteSync() returns");
        assertTrue(device.unbind());
    }

    private static boolean isWantedByTheClock(Object monitor) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(
                        each ->
                                each.getName().contains("test-clock")
                                        && WaitsFor.thing(each, monitor));
    }

    private static Device handlers(IrqLine line, List<String> called, boolean firstFails) {
        return Bound.device(
                bound -> {
                    for (String name : new String[] {"first", "second"}) {
                        line.request(
                                bound,
                                proof -> {
                                    called.add(name);
                                    if (firstFails && name.equals("first")) {
                                        throw new IllegalStateException("not mine, I think");
                                    }
                                    return true;
                                });
                    }
                });
    }

    @Test
    void everyHandlerOfALineIsCalled() {
        IrqLine line = new IrqLine("irq 7");
        List<String> called = new ArrayList<>();
        Device device = handlers(line, called, false);
        assertTrue(line.raise());
        assertEquals(List.of("first", "second"), called, "one device's interrupt is lost");
        assertTrue(device.unbind());
    }

    @Test
    void aHandlerThatFailsDoesNotStopTheOthers() {
        IrqLine line = new IrqLine("irq 7");
        List<String> called = new ArrayList<>();
        Device device = handlers(line, called, true);
        assertTrue(line.raise());
        assertEquals(List.of("first", "second"), called, "one device's interrupt is lost");
        assertEquals(0, line.unhandled());
        assertTrue(device.unbind());
    }
}
