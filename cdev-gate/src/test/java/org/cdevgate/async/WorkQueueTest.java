package org.cdevgate.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.TestThreads;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

@Timeout(60)
class WorkQueueTest {
    private final AtomicInteger runs = new AtomicInteger();
    private final Semaphore goOn = new Semaphore(0);
    private final Semaphore inside = new Semaphore(0);
    private WorkQueue queue;
    private Work work;
    private volatile BoundDevice escaped;

    private Device device(int maxActive, Work.Function function) {
        return Bound.device(
                bound -> {
                    queue = WorkQueue.alloc(bound, "events", maxActive);
                    work = queue.work("scan", function);
                });
    }

    private void waits(BoundDevice bound) throws InterruptedException {
        inside.release();
        goOn.acquire();
        bound.check();
        escaped = bound;
        runs.incrementAndGet();
    }

    @Test
    void whatIsPendingRunsOnceAndWhatIsQueuedMeanwhileOnceMore() throws Exception {
        Device device = device(4, this::waits);
        assertTrue(work.queue());
        inside.acquire();
        assertTrue(work.queue(), "it runs already, so it is to run once more");
        assertFalse(work.queue(), "it is pending already");
        assertFalse(work.queueDelayed(Duration.ZERO));
        goOn.release();
        inside.acquire();
        assertEquals(1, runs.get(), "it ran on two threads at once");
        goOn.release();
        work.flush();
        assertEquals(2, runs.get());
        assertThrows(IllegalStateException.class, escaped::check);
        device.unbind();
        assertFalse(work.queue());
    }

    @Test
    void theUnbindingLetsPendingWorkRunWithAProof() throws Exception {
        Device device = device(1, this::waits);
        Work second = queue.work("second", bound -> runs.addAndGet(bound.isValid() ? 10 : 100));
        Work delayed = queue.work("delayed", bound -> runs.addAndGet(1000));
        work.queue();
        second.queue();
        delayed.queueDelayed(Duration.ofHours(1));
        inside.acquire();
        FutureTask<Boolean> unbind = TestThreads.start(device::unbind);
        Bound.untilWaiting(unbind);
        assertFalse(work.queue(), "taken by a queue that ends");
        goOn.release();
        assertTrue(TestThreads.join(unbind));
        assertEquals(11, runs.get());
    }

    @Test
    void cancellingTakesBackAndWaits() throws Exception {
        Device device = device(1, this::waits);
        Work other = queue.work("other", bound -> runs.addAndGet(10));
        work.queue();
        inside.acquire();
        other.queue();
        assertTrue(other.cancelSync());
        assertFalse(other.cancelSync());
        assertTrue(work.queue());
        FutureTask<Boolean> cancel = TestThreads.start(work::cancelSync);
        Bound.until(() -> !work.isPending());
        assertFalse(cancel.isDone());
        goOn.release();
        assertTrue(TestThreads.join(cancel));
        assertEquals(1, runs.get());
        assertTrue(work.queueDelayed(Duration.ofHours(1)), "it may be queued again");
        assertTrue(work.cancelSync());
        other.queue();
        queue.flush();
        assertEquals(11, runs.get());
        device.unbind();
    }

    @Test
    void workThatQueuesItselfIsCancelledForGood() {
        Device device =
                device(
                        1,
                        bound -> {
                            runs.incrementAndGet();
                            work.queue();
                        });
        work.queue();
        Bound.until(() -> runs.get() > 10);
        work.cancelSync();
        int seen = runs.get();
        assertFalse(work.isPending());
        assertEquals(seen, runs.get());
        work.queueDelayed(Duration.ofMillis(1));
        Bound.until(() -> runs.get() > seen);
        device.unbind();
        int last = runs.get();
        assertEquals(last, runs.get(), "runs after its device was unbound");
    }

    @Test
    void waitingForOneselfIsRefused() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        Device device =
                device(
                        2,
                        bound -> {
                            try {
                                assertWaitsForItself(work::cancelSync);
                                assertWaitsForItself(work::flush);
                                assertWaitsForItself(queue::flush);
                                assertThrows(SelfRemovalException.class, queue::destroy);
                                assertThrows(
                                        SelfRemovalException.class, () -> bound.device().unbind());
                                runs.incrementAndGet();
                            } finally {
                                told.countDown();
                            }
                        });
        work.queue();
        told.await();
        queue.destroy();
        queue.destroy();
        assertEquals(1, runs.get(), "one of them was not refused; see the log");
        assertFalse(work.queue());
        assertTrue(device.unbind());
    }

    private void assertWaitsForItself(Executable wait) {
        SelfCancelException refused = assertThrows(SelfCancelException.class, wait);
        assertTrue(
                refused.getMessage().contains("in the function of " + work + " itself"),
                () -> "it does not tell what to change: " + refused);
    }

    @Test
    void severalRunBesideEachOther() throws Exception {
        Device device = device(2, this::waits);
        Work second = queue.work("second", this::waits);
        work.queue();
        second.queue();
        inside.acquire(2);
        goOn.release(2);
        queue.flush();
        assertEquals(2, runs.get());
        device.unbind();
    }

    @Test
    void aQueueNeedsAThread() {
        Bound.device(
                        bound -> {
                            IllegalArgumentException refused =
                                    assertThrows(
                                            IllegalArgumentException.class,
                                            () -> WorkQueue.alloc(bound, "none", 0));
                            assertTrue(refused.getMessage().contains("0"), refused::getMessage);
                        })
                .unbind();
    }
}
