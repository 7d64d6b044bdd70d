package org.cdevgate.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.device.Device;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.internal.DaemonThreads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No thread is to be had when something is queued or set; later there are some again. */
@Timeout(60)
class RefusedThreadsTest {
    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration LATE = Duration.ofHours(1);

    private final Threads workers = new Threads();
    private final Threads clocks = new Threads();
    private final Threads functions = new Threads();
    private final Timers timers = new Timers(DaemonThreads.timer(clocks), functions);
    private final AtomicInteger runs = new AtomicInteger();
    private final Semaphore inside = new Semaphore(0);
    private final Semaphore goOn = new Semaphore(0);
    private WorkQueue queue;
    private Work work;
    private DeviceTimer timer;
    private final Device device =
            Bound.device(
                    bound -> {
                        queue = WorkQueue.alloc(bound, "events", 2, workers, timers);
                        work = queue.work("scan", runs::incrementAndGet);
                        timer =
                                DeviceTimer.setup(
                                        bound, "watchdog", proof -> runs.incrementAndGet(), timers);
                    });

    @AfterEach
    void nothingIsLeft() throws Exception {
        workers.allow();
        clocks.allow();
        functions.allow();
        goOn.release(100);
        Bound.unbound(device);
        assertFalse(device.isBound(), "the unbinding hangs");
        Bound.until(() -> timers.pending() == 0); // or the clock refers to a driver that is gone
        assertFalse(work.isPending());
        assertFalse(timer.isPending());
    }

    /** A clock is an executor of the JDK's, which waits for a factory to throw. */
    private void refuseClocks(Threads.Refusal how) {
        clocks.refuse(how == Threads.Refusal.REJECTED ? how : Threads.Refusal.OUT_OF_MEMORY);
    }

    @ParameterizedTest
    @EnumSource
    void workThatIsRefusedIsNotPendingAndMayBeQueuedAgain(Threads.Refusal how) {
        workers.refuse(how);
        assertThrows(Throwable.class, work::queue);
        assertFalse(work.isPending());
        work.flush();
        queue.flush();
        assertFalse(work.cancelSync());
        workers.allow();
        assertTrue(work.queue());
        work.flush();
        assertEquals(1, runs.get(), "what was refused does not run");
    }

    @ParameterizedTest
    @EnumSource
    void delayedWorkThatIsRefusedIsNotPendingAndDoesNotCome(Threads.Refusal how) {
        refuseClocks(how);
        assertThrows(Throwable.class, () -> work.queueDelayed(SOON));
        assertFalse(work.isPending());
        assertEquals(0, timers.pending(), "it is still there");
        work.flush();
        clocks.allow();
        assertTrue(work.queueDelayed(LATE), "it is pending for ever");
        assertEquals(1, timers.pending());
        assertTrue(work.cancelSync());
        assertEquals(0, runs.get());
    }

    @ParameterizedTest
    @EnumSource
    void delayedWorkWaitsForAThreadWhenItsTimeHasCome(Threads.Refusal how) {
        workers.refuse(how);
        assertTrue(work.queueDelayed(SOON));
        Bound.until(() -> workers.refused.get() > 2);
        assertTrue(work.isPending(), "it is lost");
        workers.allow();
        work.flush();
        assertEquals(1, runs.get());
        assertFalse(work.isPending());
    }

    @Test
    void anUnbindingDoesNotWaitForDelayedWorkThatGetsNoThread() throws Exception {
        workers.refuse(Threads.Refusal.OUT_OF_MEMORY);
        assertTrue(work.queueDelayed(SOON));
        Bound.until(() -> workers.refused.get() > 0);
        assertTrue(Bound.unbound(device));
        assertFalse(work.isPending());
    }

    @ParameterizedTest
    @EnumSource
    void whatIsQueuedWhileItRunsNeedsNoOtherThread(Threads.Refusal how) throws Exception {
        Work busy =
                queue.work(
                        "busy",
                        () -> {
                            inside.release();
                            goOn.acquire();
                            runs.incrementAndGet();
                        });
        assertTrue(busy.queue());
        inside.acquire();
        workers.refuse(how);
        assertTrue(busy.queue());
        Work other = queue.work("other", runs::incrementAndGet);
        assertThrows(Throwable.class, other::queue, "a second thread is allowed and not there");
        assertFalse(other.isPending());
        goOn.release(2);
        busy.flush();
        assertEquals(2, runs.get());
    }

    @ParameterizedTest
    @EnumSource
    void aTimerThatIsRefusedIsAsItWas(Threads.Refusal how) {
        refuseClocks(how);
        assertThrows(Throwable.class, () -> timer.mod(SOON));
        assertFalse(timer.isPending());
        assertEquals(0, timers.pending(), "it is still there");
        assertFalse(timer.deleteSync());
        clocks.allow();
        assertFalse(timer.mod(LATE));
        assertTrue(timer.mod(SOON));
        Bound.until(() -> runs.get() == 1);
        assertFalse(timer.isPending());
    }

    @ParameterizedTest
    @EnumSource
    void aTimerWaitsForAThreadWhenItsTimeHasCome(Threads.Refusal how) {
        functions.refuse(how);
        assertFalse(timer.mod(SOON));
        Bound.until(() -> functions.refused.get() > 2);
        assertTrue(timer.isPending(), "it is lost");
        functions.allow();
        Bound.until(() -> runs.get() == 1);
    }

    @ParameterizedTest
    @EnumSource
    void noHoldOfAGateIsLeft(Threads.Refusal how) throws Exception {
        FopsGate gate = FopsGate.of("nic", new FileOperations() {});
        Work ofGate =
                WorkQueue.alloc(gate, "events", 1, workers, timers)
                        .work("scan", runs::incrementAndGet);
        DeviceTimer timerOfGate =
                DeviceTimer.setup(gate, "watchdog", runs::incrementAndGet, timers);
        workers.refuse(how);
        refuseClocks(how);
        assertThrows(Throwable.class, ofGate::queue);
        assertThrows(Throwable.class, () -> ofGate.queueDelayed(SOON));
        assertThrows(Throwable.class, () -> timerOfGate.mod(SOON));
        assertTrue(gate.callsInFlight().isEmpty(), () -> gate.callsInFlight().toString());
        assertTrue(Bound.removed(gate), "the removal hangs");
        assertEquals(0, runs.get());
    }

    @Test
    void manyRefusalsLeaveNothing() {
        workers.refuse(Threads.Refusal.OUT_OF_MEMORY);
        clocks.refuse(Threads.Refusal.OUT_OF_MEMORY);
        for (int i = 0; i < 1_000; i++) {
            assertThrows(OutOfMemoryError.class, work::queue);
            assertThrows(OutOfMemoryError.class, () -> work.queueDelayed(LATE));
            assertThrows(OutOfMemoryError.class, () -> timer.mod(LATE));
        }
        assertEquals(0, timers.pending());
    }

    @Test
    void threadsGoWhenThereIsNothingToDo() throws Exception {
        assertTrue(work.queue());
        timer.mod(SOON);
        Bound.until(() -> runs.get() == 2);
        Bound.until(() -> timers.threads() + queue.threads() == 0);
    }
}
