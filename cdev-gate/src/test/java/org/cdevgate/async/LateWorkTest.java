package org.cdevgate.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.device.Device;
import org.cdevgate.device.TestThreads;
import org.cdevgate.internal.WaitsFor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread, or a time, that comes when its work item was taken back and is to run later. */
@Timeout(60)
class LateWorkTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final AtomicReference<WorkQueue> made = new AtomicReference<>();
    private final Device device =
            Bound.device(bound -> made.set(WorkQueue.alloc(bound, "events", 2)));
    private final WorkQueue queue = made.get();
    private final AtomicInteger runs = new AtomicInteger();
    private final Work work = queue.work("scan", bound -> runs.incrementAndGet());

    @AfterEach
    void nothingIsLeft() {
        assertTrue(device.unbind());
    }

    private void assertStillDelayed() {
        queue.flush(); // and with it what would run now, but not what is delayed
        assertEquals(0, runs.get(), "it ran an hour early");
        assertTrue(work.isPending(), "its delay is forgotten");
        assertTrue(work.cancelSync());
    }

    @Test
    void aThreadThatComesLateRunsNothing() {
        synchronized (queue) { // nobody can begin
            assertTrue(work.queue());
            Bound.until(() -> queue.occupants().equals(work.toString()));
            assertTrue(work.cancelSync());
        }
        Bound.until(() -> queue.occupants().isEmpty());
        assertEquals(0, runs.get(), "it ran after cancelSync() had returned");
        assertFalse(work.isPending());
    }

    @Test
    void aThreadThatComesLateDoesNotEndTheDelay() {
        synchronized (queue) {
            assertTrue(work.queue());
            Bound.until(() -> queue.occupants().equals(work.toString()));
            assertTrue(work.cancelSync());
            assertTrue(work.queueDelayed(LONG));
        }
        Bound.until(() -> queue.occupants().isEmpty());
        assertStillDelayed();
    }

    @Test
    void aDelayThatWasCancelledDoesNotEndTheNext() throws Exception {
        synchronized (queue) {
            assertTrue(work.queueDelayed(Duration.ZERO));
            Bound.until(() -> isWantedByAnother(queue)); // its time has come
            assertTrue(work.cancelSync());
            assertTrue(work.queueDelayed(LONG));
        }
        // What it does it has done when one that was set later has run: one thread has the clock.
        CountDownLatch passed = new CountDownLatch(1);
        assertTrue(queue.work("later", bound -> passed.countDown()).queueDelayed(Duration.ZERO));
        assertTrue(passed.await(30, TimeUnit.SECONDS), "the clock stands still");
        assertStillDelayed();
    }

    private static boolean isWantedByAnother(Object monitor) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(each -> each != Thread.currentThread() && WaitsFor.thing(each, monitor));
    }

    @Test
    void workThatIsBeingCancelledDoesNotQueueItself() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicReference<Work> self = new AtomicReference<>();
        AtomicBoolean queued = new AtomicBoolean();
        self.set(
                queue.work(
                        "again",
                        bound -> {
                            inside.countDown();
                            goOn.await();
                            queued.set(self.get().queue());
                        }));
        assertTrue(self.get().queue());
        inside.await();
        FutureTask<Boolean> cancel = TestThreads.start(self.get()::cancelSync);
        Bound.untilWaiting(cancel);
        goOn.countDown();
        assertFalse(TestThreads.join(cancel));
        assertFalse(queued.get(), "it runs on after cancelSync() has returned");
    }

    @Test
    void aQueueThatIsGoneTakesNoWork() {
        queue.destroy();
        assertFalse(work.queue());
        assertFalse(work.queueDelayed(Duration.ZERO));
        assertFalse(work.isPending());
        assertEquals(0, runs.get());
    }
}
