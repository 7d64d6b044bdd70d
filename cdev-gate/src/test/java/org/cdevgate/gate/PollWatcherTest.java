package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.front.PollWatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who sleeps in poll, select or epoll is told to ask again. */
class PollWatcherTest {
    private static final class CountingWatcher extends PollWatcher {
        final AtomicInteger wakeUps = new AtomicInteger();

        @Override
        protected void wakeUp() {
            wakeUps.incrementAndGet();
        }
    }

    private final WaitQueue readable = new WaitQueue("readable");
    private final WaitQueue writable = new WaitQueue("writable");
    private final AtomicBoolean ready = new AtomicBoolean();
    private Runnable afterLooking = () -> {};

    private final FopsGate gate =
            Polling.gate(
                    "serial",
                    (file, call) -> {
                        call.pollWait(readable);
                        call.pollWait(writable);
                        int events = ready.get() ? PollEvents.POLLIN : 0;
                        afterLooking.run();
                        return events;
                    });
    private final CountingWatcher watcher = new CountingWatcher();

    private int wakeUpsOf(Runnable step) {
        int before = watcher.wakeUps.get();
        step.run();
        return watcher.wakeUps.get() - before;
    }

    @Test
    void aWakeUpOfAnyNamedQueueIsToldUntilStopped() throws Exception {
        OpenFile file = Answers.open(gate);
        assertEquals(0, gate.front().poll(file, LOCAL, watcher));
        for (int i = 0; i < 3; i++) { // not armed anew in between, as the kernel does not either
            assertEquals(1, wakeUpsOf(readable::wakeUp), "epoll sleeps with data there");
            assertEquals(1, wakeUpsOf(writable::wakeUp));
        }
        ready.set(true);
        assertEquals(PollEvents.POLLIN, gate.front().poll(file, LOCAL, watcher));
        assertEquals(1, wakeUpsOf(readable::wakeUp), "asked twice, told twice");
        watcher.stop();
        assertEquals(
                0,
                wakeUpsOf(
                        () -> {
                            readable.wakeUp();
                            writable.wakeUp();
                        }),
                "a notification for a poll handle that is gone");
        gate.unregisterSync();
    }

    @Test
    void aWakeUpBetweenLookAndAnswerIsTold() throws Exception {
        OpenFile file = Answers.open(gate);
        afterLooking =
                () -> {
                    ready.set(true);
                    readable.wakeUp();
                };
        assertEquals(0, gate.front().poll(file, LOCAL, watcher));
        assertTrue(watcher.wakeUps.get() > 0, "epoll sleeps with data there");
        gate.unregisterSync();
    }

    @Test
    void aWakeUpBetweenLookAndPollWaitIsTold() throws Exception {
        AtomicInteger polls = new AtomicInteger();
        FopsGate looksFirst =
                Polling.gate(
                        "looks first",
                        (file, call) -> {
                            int events = ready.get() ? PollEvents.POLLIN : 0;
                            if (polls.incrementAndGet() == 2) {
                                ready.set(true);
                                readable.wakeUp();
                            }
                            call.pollWait(readable);
                            return events;
                        });
        OpenFile file = Answers.open(looksFirst);
        CountingWatcher other = new CountingWatcher();
        looksFirst.front().poll(file, LOCAL, other); // the queue knows the gate from here on
        assertEquals(0, looksFirst.front().poll(file, LOCAL, watcher));
        assertTrue(watcher.wakeUps.get() > 0, "epoll sleeps with data there");
        looksFirst.unregisterSync();
    }

    @Test
    void theRemovalIsTold() throws Exception {
        OpenFile file = Answers.open(gate);
        gate.front().poll(file, LOCAL, watcher);
        assertTrue(wakeUpsOf(gate::beginRemoval) > 0, "epoll sleeps on a dead device");
        assertEquals(
                PollEvents.POLLERR | PollEvents.POLLHUP, gate.front().poll(file, LOCAL, watcher));
        gate.awaitRemoval();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRemovalThatBeginsWithinThePollIsSeenOrTold(boolean queueIsKnown) throws Exception {
        AtomicInteger polls = new AtomicInteger();
        FopsGate dying =
                Polling.gate(
                        "dying",
                        (file, call) -> {
                            if (polls.incrementAndGet() == 2 || !queueIsKnown) {
                                file.gate().beginRemoval();
                            }
                            call.pollWait(readable);
                            return 0;
                        });
        OpenFile file = Answers.open(dying);
        if (queueIsKnown) {
            dying.front().poll(file, LOCAL, new CountingWatcher());
        }
        int events = dying.front().poll(file, LOCAL, watcher);
        assertTrue(
                (events & PollEvents.POLLHUP) != 0 || watcher.wakeUps.get() > 0,
                "epoll was told \"nothing yet\" by a dying device and sleeps for ever");
        dying.awaitRemoval();
    }

    @Test
    void aPollMustNotSleep() throws Exception {
        FopsGate sleepy =
                Polling.gate(
                        "sleepy",
                        (file, call) -> {
                            assertThrows(
                                    IllegalStateException.class,
                                    () -> call.await(readable, ready::get),
                                    "select with a timeout of 0 would sleep");
                            return PollEvents.POLLIN;
                        });
        assertEquals(PollEvents.POLLIN, sleepy.front().poll(Answers.open(sleepy), LOCAL, null));
        sleepy.unregisterSync();
    }

    @Test
    void aStoppedWatcherIsNotToldByALaterPollEither() throws Exception {
        OpenFile file = Answers.open(gate);
        watcher.stop();
        gate.front()
                .poll(
                        file, LOCAL,
                        watcher); // a poll that was on its way when the file was released
        readable.wakeUp();
        assertEquals(
                0, watcher.wakeUps.get(), "wakeUp() after stop() has returned: use after free");
        gate.unregisterSync();
    }

    @Test
    void aPollThatDoesNotWaitLeavesNothingBehind() throws Exception {
        OpenFile file = Answers.open(gate);
        assertEquals(0, gate.front().poll(file, LOCAL, null));
        readable.wakeUp();
        assertEquals(0, readable.sleepers());
        gate.unregisterSync();
    }
}
