package org.cdevgate.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.device.TestThreads;
import org.cdevgate.gate.DriverAction;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Timers and work of a driver that has a gate and no bus. */
@Timeout(60)
class AsyncOfGateTest {
    private static final Duration LATE = Duration.ofHours(1);
    private static final Duration SHORTLY = Duration.ofMillis(5);

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final FopsGate gate =
            FopsGate.builder("nic", new FileOperations() {})
                    .onTeardown(() -> events.add("teardown"))
                    .build();
    private final WorkQueue queue = WorkQueue.alloc(gate, "events", 1);

    private void waits(String name) throws InterruptedException {
        inside.countDown();
        goOn.await();
        events.add(name);
    }

    @Test
    void theRemovalWaitsForWhatWasQueuedAndTheTeardownComesLater() throws Exception {
        Work first = queue.work("first", () -> waits("first"));
        Work second = queue.work("second", () -> events.add("second"));
        assertTrue(first.queue());
        assertTrue(second.queue());
        inside.await();
        RemovalOutcome outcome = gate.unregisterSync(SHORTLY);
        assertFalse(outcome.isRemoved(), "the device was freed under a work item");
        assertTrue(
                outcome.toString().contains("work first of work queue events of nic"),
                () -> "nobody learns what it waits for: " + outcome);
        assertTrue(outcome.toString().contains("AsyncOfGateTest.waits"), outcome::toString);
        assertFalse(first.queue(), "queued after the removal had begun");
        assertEquals(List.of(), events);
        goOn.countDown();
        assertTrue(gate.awaitRemoval());
        assertEquals(List.of("first", "second", "teardown"), events);
        assertFalse(second.queue());
        queue.flush();
        queue.destroy();
    }

    @Test
    void whatIsSetForLaterIsVoidWhenTheRemovalBegins() throws Exception {
        DeviceTimer timer = DeviceTimer.setup(gate, "watchdog", () -> events.add("timer"));
        Work delayed = queue.work("delayed", () -> events.add("delayed"));
        assertFalse(timer.mod(LATE));
        assertTrue(delayed.queueDelayed(LATE));
        assertTrue(Bound.removed(gate));
        assertEquals(List.of("teardown"), events);
        assertFalse(timer.isPending());
        assertFalse(delayed.isPending());
        assertFalse(timer.mod(Duration.ZERO));
        assertFalse(delayed.queueDelayed(Duration.ZERO));
        assertFalse(timer.deleteSync());
        assertFalse(timer.shutdownSync());
        assertFalse(delayed.cancelSync());
    }

    @Test
    void theRemovalWaitsForATimerThatRuns() throws Exception {
        AtomicReference<DeviceTimer> timer = new AtomicReference<>();
        timer.set(
                DeviceTimer.setup(
                        gate,
                        "watchdog",
                        () -> {
                            waits("timer");
                            events.add("set again: " + timer.get().mod(Duration.ZERO));
                        }));
        timer.get().mod(Duration.ZERO);
        inside.await();
        RemovalOutcome outcome = gate.unregisterSync(SHORTLY);
        assertFalse(outcome.isRemoved(), "the device was freed under a timer");
        List<CallInFlight> culprits = outcome.culprits();
        assertTrue(
                culprits.stream().anyMatch(each -> "timer watchdog of nic".equals(each.tag())),
                outcome::toString);
        goOn.countDown();
        assertTrue(gate.awaitRemoval());
        assertEquals(List.of("timer", "set again: false", "teardown"), events);
    }

    @Test
    void aTimerRunsEachTimeItIsSetAndNeverTwiceAtOnce() throws Exception {
        DeviceTimer timer = DeviceTimer.setup(gate, "watchdog", () -> events.add("timer"));
        for (int i = 1; i <= 20; i++) {
            int runs = i;
            timer.mod(Duration.ZERO);
            Bound.until(() -> events.size() == runs);
        }
        assertFalse(timer.mod(LATE));
        assertTrue(timer.shutdownSync());
        assertTrue(gate.callsInFlight().isEmpty());
        assertTrue(gate.unregisterSync());
    }

    @Test
    void aRemovalFromInsideIsRefusedOrDeferred() throws Exception {
        Work work =
                queue.work(
                        "removes",
                        () -> {
                            assertThrows(SelfRemovalException.class, gate::unregisterSync);
                            assertThrows(
                                    SelfRemovalException.class,
                                    () -> gate.unregisterSync(SelfRemoval.LEAVE_OUT));
                            assertThrows(SelfRemovalException.class, queue::destroy);
                            assertFalse(gate.isRemoving());
                            assertFalse(gate.unregisterSync(SelfRemoval.DEFER));
                            events.add("deferred");
                        });
        work.queue();
        Bound.until(gate::isRemoved);
        assertEquals(List.of("deferred", "teardown"), events);
    }

    @Test
    void aTimerThatRemovesTheDeviceOrDeletesItself() throws Exception {
        AtomicReference<DeviceTimer> timer = new AtomicReference<>();
        timer.set(
                DeviceTimer.setup(
                        gate,
                        "removes",
                        () -> {
                            assertThrows(SelfRemovalException.class, gate::unregisterSync);
                            assertThrows(SelfRemovalException.class, timer.get()::deleteSync);
                            assertThrows(SelfRemovalException.class, timer.get()::shutdownSync);
                            assertFalse(gate.unregisterSync(SelfRemoval.DEFER));
                            events.add("deferred");
                        }));
        timer.get().mod(Duration.ZERO);
        Bound.until(gate::isRemoved);
        assertEquals(List.of("deferred", "teardown"), events);
    }

    /** Not from inside it, so it waits. */
    @Test
    void aCallOfTheDeviceMayDeleteATimerOfIt() throws Exception {
        DeviceTimer timer = DeviceTimer.setup(gate, "watchdog", () -> waits("timer"));
        timer.mod(Duration.ZERO);
        inside.await();
        FutureTask<Boolean> call =
                TestThreads.start(
                        () ->
                                gate.tryRun(
                                        () -> {
                                            timer.deleteSync();
                                            events.add("deleted");
                                        }));
        Bound.untilWaiting(call);
        goOn.countDown();
        assertTrue(TestThreads.join(call));
        assertEquals(List.of("timer", "deleted"), events);
        assertTrue(gate.unregisterSync());
    }

    @Test
    void workThatQueuesItselfEndsWithTheRemoval() throws Exception {
        AtomicReference<Work> work = new AtomicReference<>();
        work.set(
                queue.work(
                        "again",
                        () -> {
                            events.add("again");
                            work.get().queue();
                        }));
        work.get().queue();
        Bound.until(() -> events.size() > 10);
        assertTrue(Bound.removed(gate));
        assertEquals("teardown", events.get(events.size() - 1));
        assertFalse(work.get().isPending());
    }

    @Test
    void aQueueOfAGateHasNoProofToGive() {
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> queue.work("wants a proof", bound -> bound.check()));
        assertTrue(refused.getMessage().contains("wants a proof"), refused::getMessage);
        assertTrue(refused.getMessage().contains("events of nic"), refused::getMessage);
        assertTrue(gate.unregisterSync());
    }

    @Test
    void aQueueThatIsDestroyedBeforeTheRemovalTakesNothing() throws Exception {
        Work work = queue.work("first", () -> events.add("first"));
        work.queue();
        queue.destroy();
        assertEquals(List.of("first"), events);
        assertFalse(work.queue());
        assertFalse(work.queueDelayed(LATE));
        assertTrue(gate.callsInFlight().isEmpty());
        assertTrue(gate.unregisterSync());
    }

    @Test
    void whoWaitsLongForARunSaysForWhich() throws Exception {
        FopsGate impatient =
                FopsGate.builder("impatient", new FileOperations() {})
                        .slowDrain(Duration.ofMillis(1))
                        .build();
        WorkQueue slow = WorkQueue.alloc(impatient, "slow", 1);
        CountDownLatch bothInside = new CountDownLatch(2);
        DriverAction stuck =
                () -> {
                    bothInside.countDown();
                    waits("stuck");
                };
        Work work = slow.work("stuck", stuck);
        DeviceTimer timer = DeviceTimer.setup(impatient, "late", stuck);
        work.queue();
        timer.mod(Duration.ZERO);
        bothInside.await(); // what has not begun is cancelled, and nobody waits for it
        List<FutureTask<?>> waiting = new ArrayList<>();
        Log.untilLogged(
                () -> {
                    waiting.add(TestThreads.start(() -> flush(work)));
                    waiting.add(TestThreads.start(work::cancelSync));
                    waiting.add(TestThreads.start(timer::deleteSync));
                    waiting.add(TestThreads.start(() -> destroy(slow)));
                },
                "who flushes work stuck of work queue slow of impatient waits",
                "who cancels work stuck of work queue slow of impatient waits",
                "who deletes the timer late of impatient waits",
                "who destroys work queue slow of impatient waits",
                "AsyncOfGateTest.waits");
        goOn.countDown();
        for (FutureTask<?> each : waiting) {
            TestThreads.join(each);
        }
        assertTrue(impatient.unregisterSync());
    }

    private static boolean flush(Work work) {
        work.flush();
        return true;
    }

    private static boolean destroy(WorkQueue queue) {
        queue.destroy();
        return true;
    }

    @Test
    void nothingRefersToADriverThatIsGone() throws Exception {
        List<WeakReference<Object>> gone = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            gone.add(removed());
        }
        WorkFlushTest.untilCollected(gone);
    }

    private static WeakReference<Object> removed() {
        byte[] state = new byte[1];
        FopsGate brief = FopsGate.of("brief", new FileOperations() {});
        DeviceTimer.setup(brief, "t", () -> state[0]++).mod(LATE);
        WorkQueue.alloc(brief, "q", 1).work("w", () -> state[0]++).queueDelayed(LATE);
        assertTrue(brief.unregisterSync());
        return new WeakReference<>(state);
    }
}
