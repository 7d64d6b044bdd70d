package org.cdevgate.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.TestThreads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who flushes comes back when all has ended that was queued before; and what is over is gone. */
@Timeout(60)
class WorkFlushTest {
    private static final Duration LATE = Duration.ofHours(1);

    private final Semaphore inside = new Semaphore(0);
    private final Semaphore goOn = new Semaphore(0);
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private WorkQueue queue;
    private Work work;
    private volatile Work twice;
    private final Device device =
            Bound.device(
                    bound -> {
                        queue = WorkQueue.alloc(bound, "events", 4);
                        work = queue.work("scan", this::waits);
                    });

    private void waits() throws InterruptedException {
        most.accumulateAndGet(now.incrementAndGet(), Math::max);
        inside.release();
        goOn.acquire();
        ended.incrementAndGet();
        now.decrementAndGet();
    }

    @Test
    void aCancellationOfTheNextRunDoesNotEndAFlushOfThisOne() throws Exception {
        work.queue();
        inside.acquire();
        work.queue();
        FutureTask<Boolean> cancel = TestThreads.start(work::cancelSync);
        Bound.until(() -> !work.isPending());
        FutureTask<Integer> flush = TestThreads.start(this::flush);
        FutureTask<Integer> flushAll = TestThreads.start(this::flushAll);
        Bound.untilWaiting(flush, flushAll);
        assertFalse(flush.isDone(), "a run goes on that was queued before");
        assertFalse(flushAll.isDone(), "a run goes on that was queued before");
        goOn.release();
        assertEquals(1, TestThreads.join(flush));
        assertEquals(1, TestThreads.join(flushAll));
        assertTrue(TestThreads.join(cancel));
        device.unbind();
    }

    private int flush() {
        work.flush();
        return ended.get();
    }

    private int flushAll() {
        queue.flush();
        return ended.get();
    }

    @Test
    void aFlushDoesNotWaitForWhatIsQueuedLater() throws Exception {
        work.queue();
        inside.acquire();
        FutureTask<Integer> flush = TestThreads.start(this::flush);
        FutureTask<Integer> flushAll = TestThreads.start(this::flushAll);
        Bound.untilWaiting(flush, flushAll);
        assertTrue(work.queue());
        goOn.release();
        inside.acquire();
        assertEquals(1, TestThreads.join(flush));
        assertEquals(1, TestThreads.join(flushAll));
        goOn.release();
        work.flush();
        assertEquals(2, ended.get());
        device.unbind();
    }

    /** It comes to one item after the other. */
    @Test
    void norIfThatRunsWhenItComesToIt() throws Exception {
        Semaphore firstGoesOn = new Semaphore(0);
        Work first = queue.work("first", () -> firstGoesOn.acquire());
        first.queue();
        work.queue();
        inside.acquire();
        FutureTask<Integer> flushAll = TestThreads.start(this::flushAll);
        Bound.untilWaiting(flushAll);
        assertTrue(work.queue());
        goOn.release();
        inside.acquire();
        firstGoesOn.release();
        assertEquals(1, TestThreads.join(flushAll));
        goOn.release();
        assertTrue(device.unbind());
    }

    @Test
    void aFlushWaitsForBothRuns() throws Exception {
        work.queue();
        inside.acquire();
        work.queue();
        FutureTask<Integer> flush = TestThreads.start(this::flush);
        goOn.release();
        inside.acquire();
        assertFalse(flush.isDone());
        goOn.release();
        assertEquals(2, TestThreads.join(flush));
        assertEquals(1, most.get());
        device.unbind();
    }

    @Test
    void theTimeOfDelayedWorkIsNowWhenItIsFlushed() {
        goOn.release();
        assertTrue(work.queueDelayed(LATE));
        queue.flush();
        assertEquals(0, ended.get(), "delayed work is not on the queue");
        work.flush();
        assertEquals(1, ended.get());
        assertFalse(work.isPending());
        device.unbind();
    }

    /** A thread that is about to run it when it is taken back and queued anew. */
    @Test
    void itNeverRunsOnTwoThreadsAtOnce() throws Exception {
        for (int i = 0; i < 200; i++) {
            Work busy = queue.work("busy", this::yields);
            FutureTask<Boolean> rival =
                    TestThreads.start(
                            () -> {
                                for (int j = 0; j < 20; j++) {
                                    busy.queue();
                                    busy.cancelSync();
                                }
                                return true;
                            });
            for (int j = 0; j < 50; j++) {
                busy.queue();
            }
            assertTrue(TestThreads.join(rival));
            busy.flush();
            assertEquals(0, now.get());
        }
        assertEquals(1, most.get(), "it ran on two threads at once");
        device.unbind();
    }

    /** One thread has it and is about to begin; it is taken back and queued, and another has it. */
    @Test
    void aThreadThatComesLateLeavesTheRunToTheOther() {
        Work again = queue.work("again", this::queuesItselfOnce);
        twice = again;
        WorkQueue lock = queue;
        synchronized (lock) { // nobody can begin
            assertTrue(again.queue());
            Bound.until(() -> queue.occupants().equals(again.toString()));
            assertTrue(again.cancelSync());
            assertTrue(again.queue());
            Bound.until(() -> queue.occupants().equals(again + ", " + again));
        }
        // One of them comes and goes while the other runs.
        Bound.until(
                () ->
                        most.get() > 1
                                || (most.get() == 1 && queue.occupants().equals(again.toString())));
        assertEquals(1, most.get(), "it runs on two threads at once");
        goOn.release(2);
        again.flush();
        assertEquals(1, most.get(), "it ran on two threads at once");
        assertEquals(2, ended.get());
        device.unbind();
    }

    private void queuesItselfOnce() throws InterruptedException {
        if (ended.get() == 0) {
            twice.queue();
        }
        waits();
    }

    private void yields() {
        most.accumulateAndGet(now.incrementAndGet(), Math::max);
        Thread.onSpinWait();
        now.decrementAndGet();
    }

    @Test
    void workThatIsTakenBackWaitsForNoThread() throws Exception {
        AtomicReference<WorkQueue> narrow = new AtomicReference<>();
        Device other = Bound.device(bound -> narrow.set(WorkQueue.alloc(bound, "narrow", 1)));
        Work first = narrow.get().work("first", this::waits);
        first.queue();
        inside.acquire();
        WeakReference<Object> gone = takenBack(narrow.get());
        untilCollected(List.of(gone));
        goOn.release();
        assertTrue(other.unbind());
        device.unbind();
    }

    private static WeakReference<Object> takenBack(WorkQueue narrow) {
        byte[] state = new byte[1];
        Work work = narrow.work("second", () -> state[0]++);
        assertTrue(work.queue());
        assertTrue(work.cancelSync());
        return new WeakReference<>(state);
    }

    /** What a driver had is reachable by nobody once its device was unbound. */
    @Test
    void nothingRefersToADriverThatIsGone() {
        IrqLine line = new IrqLine("line");
        NotifierChain<String> chain = new NotifierChain<>("chain");
        List<WeakReference<Object>> gone = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            gone.add(boundAndUnbound(line, chain));
        }
        untilCollected(gone);
        assertEquals(0, chain.call("event"));
        assertFalse(line.raise());
        device.unbind();
    }

    private WeakReference<Object> boundAndUnbound(IrqLine line, NotifierChain<String> chain) {
        byte[] state = new byte[1];
        List<Work> works = new ArrayList<>();
        List<DeviceTimer> timers = new ArrayList<>();
        Device other = Bound.device(bound -> probe(bound, state, line, chain, works, timers));
        assertTrue(other.unbind());
        assertFalse(works.get(0).isPending(), "delayed work of a device that is gone");
        assertFalse(timers.get(0).isPending());
        return new WeakReference<>(state);
    }

    private static void probe(
            BoundDevice bound,
            byte[] state,
            IrqLine line,
            NotifierChain<String> chain,
            List<Work> works,
            List<DeviceTimer> timers) {
        Work delayed = WorkQueue.alloc(bound, "q", 1).work("w", proof -> state[0]++);
        assertTrue(delayed.queueDelayed(LATE));
        works.add(delayed);
        DeviceTimer timer = DeviceTimer.setup(bound, "t", proof -> state[0]++);
        timer.mod(LATE);
        timers.add(timer);
        line.request(bound, proof -> state[0]++ == 0);
        chain.register(bound, 0, (event, proof) -> state[0]++ == 0);
    }

    static void untilCollected(List<WeakReference<Object>> references) {
        Bound.until(
                () -> {
                    System.gc();
                    return references.stream().allMatch(each -> each.refersTo(null));
                });
    }

    @Test
    void whatEndsByItselfLeavesTheListOfTheDevice() {
        IrqLine line = new IrqLine("line");
        NotifierChain<String> chain = new NotifierChain<>("chain");
        try (BoundDevice bound = device.tryEnter().orElseThrow()) {
            int before = bound.devres().size();
            for (int i = 0; i < 100; i++) {
                DeviceTimer timer = DeviceTimer.setup(bound, "per open", proof -> {});
                timer.mod(LATE);
                assertTrue(timer.shutdownSync());
                WorkQueue.alloc(bound, "per open", 1).destroy();
                line.request(bound, proof -> true).free();
                chain.register(bound, 0, (event, proof) -> true).unregister();
            }
            assertEquals(before, bound.devres().size(), () -> "" + bound.devres().names());
        }
        device.unbind();
    }
}
