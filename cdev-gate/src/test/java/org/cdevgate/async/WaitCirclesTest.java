package org.cdevgate.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.device.Device;
import org.cdevgate.device.TestThreads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Functions that wait for each other are told so, instead of waiting for ever. */
@Timeout(60)
class WaitCirclesTest {
    private static final Duration LATE = Duration.ofHours(1);

    private final AtomicReference<Throwable> told = new AtomicReference<>();
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch ready = new CountDownLatch(1);
    private WorkQueue narrow;
    private WorkQueue other;
    private Work first;
    private Work second;
    private DeviceTimer timer;

    private Device device(int maxActive, Work.Function function) {
        return device(maxActive, function, bound -> {});
    }

    private Device device(int maxActive, Work.Function ofFirst, Work.Function ofSecond) {
        return Bound.device(
                bound -> {
                    narrow = WorkQueue.alloc(bound, "narrow", maxActive);
                    other = WorkQueue.alloc(bound, "other", 1);
                    first = narrow.work("first", ofFirst);
                    second = narrow.work("second", ofSecond);
                });
    }

    private Throwable awaitTold() {
        Bound.until(() -> told.get() != null);
        return told.get();
    }

    private static void assertNames(Throwable told, String... names) {
        assertEquals(SelfCancelException.class, told.getClass(), told::toString);
        for (String each : names) {
            assertTrue(told.getMessage().contains(each), told::toString);
        }
    }

    private void tell(Runnable wait) {
        try {
            wait.run();
            told.set(new AssertionError("it has come to an end"));
        } catch (Throwable e) {
            told.set(e);
        }
    }

    @Test
    void aFlushOfWhatNeedsTheOwnThread() throws Exception {
        Device device =
                device(
                        1,
                        bound -> {
                            second.queue();
                            tell(second::flush);
                        });
        first.queue();
        assertNames(awaitTold(), "Work.flush()", "work first", "work second", "narrow");
        first.flush();
        second.flush();
        assertTrue(Bound.unbound(device));
    }

    @Test
    void aFlushOfDelayedWorkThatNeedsTheOwnThread() throws Exception {
        Device device =
                device(
                        1,
                        bound -> {
                            second.queueDelayed(LATE);
                            tell(second::flush);
                        });
        first.queue();
        assertNames(awaitTold(), "work second", "narrow");
        assertTrue(second.isPending(), "nothing was to be done");
        assertTrue(Bound.unbound(device));
    }

    @Test
    void aFlushOfTheOwnQueue() throws Exception {
        Device device = device(1, bound -> tell(narrow::flush));
        first.queue();
        assertNames(awaitTold(), "WorkQueue.flush()", "work first", "narrow");
        assertTrue(Bound.unbound(device));
    }

    @Test
    void aFlushThroughAnotherQueue() throws Exception {
        Device device =
                device(
                        1,
                        bound -> {
                            Work between =
                                    other.work(
                                            "between",
                                            () -> {
                                                ready.await();
                                                tell(second::flush);
                                            });
                            second.queue();
                            between.queue();
                            inside.countDown();
                            between.flush();
                        });
        FutureTask<Boolean> run = TestThreads.start(first::queue);
        assertTrue(TestThreads.join(run));
        inside.await();
        Bound.untilThreadWaits("narrow");
        ready.countDown();
        assertNames(awaitTold(), "work between", "work second", "narrow", "other");
        narrow.flush();
        assertTrue(Bound.unbound(device));
    }

    @Test
    void aTimerAndAWorkItemThatWaitForEachOther() throws Exception {
        Device device =
                Bound.device(
                        bound -> {
                            narrow = WorkQueue.alloc(bound, "narrow", 1);
                            timer =
                                    DeviceTimer.setup(
                                            bound,
                                            "watchdog",
                                            proof -> {
                                                inside.countDown();
                                                Bound.untilThreadWaits("narrow");
                                                tell(first::flush);
                                            });
                            first =
                                    narrow.work(
                                            "first",
                                            () -> {
                                                inside.await();
                                                timer.deleteSync();
                                            });
                        });
        first.queue();
        timer.mod(Duration.ZERO);
        assertNames(awaitTold(), "work first", "timer watchdog");
        first.flush();
        assertTrue(Bound.unbound(device));
    }

    @Test
    void twoThatCancelEachOther() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        AtomicReference<Throwable> one = new AtomicReference<>();
        Device device =
                device(
                        2,
                        bound -> {
                            both.countDown();
                            both.await();
                            cancel(second, one);
                        },
                        bound -> {
                            both.countDown();
                            both.await();
                            cancel(first, one);
                        });
        first.queue();
        second.queue();
        Bound.until(() -> one.get() != null);
        assertNames(one.get(), "Work.cancelSync()", "work first", "work second");
        assertTrue(Bound.unbound(device));
    }

    private static void cancel(Work work, AtomicReference<Throwable> told) {
        try {
            work.cancelSync();
        } catch (SelfCancelException e) {
            told.set(e);
        }
    }

    @Test
    void whereAnotherThreadIsFreeOrWillBeItIsNoCircle() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        Device device =
                device(
                        2,
                        bound -> {
                            second.queue();
                            inside.countDown();
                            tell(second::flush);
                        });
        Work busy = narrow.work("busy", () -> goOn.await());
        busy.queue();
        first.queue();
        inside.await();
        assertFalse(told.get() instanceof SelfCancelException);
        goOn.countDown();
        assertEquals(AssertionError.class, awaitTold().getClass(), awaitTold()::toString);
        assertTrue(Bound.unbound(device));
    }

    @Test
    void theDestructionOfAQueueWhoseWorkWaitsForThisOne() throws Exception {
        Device device =
                device(
                        1,
                        bound -> {
                            Work waits =
                                    other.work(
                                            "waits",
                                            () -> {
                                                inside.countDown();
                                                first.flush();
                                            });
                            waits.queue();
                            inside.await();
                            Bound.untilThreadWaits("other");
                            tell(other::destroy);
                        });
        first.queue();
        assertNames(awaitTold(), "WorkQueue.destroy()", "work waits", "work first");
        first.flush();
        Work later = other.work("later", () -> {});
        assertTrue(later.queue(), "the queue was destroyed though it was refused");
        assertTrue(Bound.unbound(device));
    }
}
