package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.front.RequestSleeper;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;
import org.mockito.stubbing.Answer;

/**
 * Flag, name gone, sleepers woken, wake hook, drained, files released, mappings closed, teardown.
 */
class RemovalOrderTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    /** A request that sleeps without a thread and notes what becomes of it. */
    private final class NotingSleeper extends RequestSleeper {
        @Override
        protected void runAgain() {
            events.add("sleeper run again");
        }

        @Override
        protected void removed(int answer) {
            events.add("sleeper woken");
        }
    }

    @Test
    void aRemovalTakesItsStepsInOrder() throws Exception {
        WaitQueue readable = new WaitQueue("readable");
        CountDownLatch hookCalled = new CountDownLatch(1);
        FileOperations driver = mock(FileOperations.class);
        when(driver.read(any(), any(), anyLong(), any()))
                .thenAnswer(
                        call -> {
                            hookCalled.await(); // a sleep of the driver's own kind
                            events.add("call ended");
                            return 0;
                        });
        doAnswer(note("release")).when(driver).release(any(), any());
        FopsGate gate =
                FopsGate.builder("buzzer", driver)
                        .wakeHook(
                                () -> {
                                    if (hookCalled.getCount() > 0) {
                                        events.add("wake hook");
                                        hookCalled.countDown();
                                    }
                                })
                        .onTeardown(() -> events.add("teardown 1"))
                        .onTeardown(() -> events.add("teardown 2"))
                        .build();
        gate.front()
                .addRemovalListener(
                        new RemovalListener() {
                            @Override
                            public void onFlagged() {
                                events.add(
                                        gate.isRemoving() ? "flagged, name gone" : "not flagged");
                            }

                            @Override
                            public void onDrained() {
                                events.add(
                                        gate.isRemoved() ? "removed too early" : "mappings closed");
                            }

                            @Override
                            public void onTornDown() {
                                events.add("forgotten");
                            }
                        });
        OpenFile file = Answers.open(gate);
        file.setPrivateData("buffer", data -> events.add("destructor"));
        Background<Integer> reader = Background.start(() -> Answers.read(file));
        Eventually.until("the read to be in the driver", () -> !gate.callsInFlight().isEmpty());
        ThreadlessCaller front = new ThreadlessCaller();
        Threadless.sleepOn(readable, gate, new NotingSleeper(), front);

        assertTrue(gate.unregisterSync());

        assertEquals(
                List.of(
                        "flagged, name gone",
                        "sleeper woken",
                        "wake hook",
                        "call ended",
                        "release",
                        "destructor",
                        "mappings closed",
                        "teardown 2",
                        "teardown 1",
                        "forgotten"),
                events,
                "a step too early frees what a running call still uses; one too late hangs it");
        assertEquals(0, reader.result());
        assertTrue(gate.isRemoved());
        assertTrue(file.isReleased());
    }

    private Answer<Object> note(String event) {
        return call -> {
            events.add(event);
            return null;
        };
    }

    @Test
    void theFlagIsSetBeforeAnythingWaits() throws Exception {
        Checkpoint stuck = new Checkpoint();
        FileOperations driver = mock(FileOperations.class);
        when(driver.fsync(any(), anyBoolean(), any()))
                .thenAnswer(
                        call -> {
                            stuck.pass();
                            return 0;
                        });
        FopsGate gate = FopsGate.of("disk", driver);
        OpenFile file = Answers.open(gate);
        Background<Integer> syncing =
                Background.start(() -> gate.front().fsync(file, false, Answers.LOCAL));
        stuck.awaitReached();

        assertTrue(gate.beginRemoval());

        Answers.assertErrno(
                Errno.ENODEV,
                () -> Answers.read(file),
                "a new call queues behind the remover instead of failing at once");
        assertEquals(
                PollEvents.POLLERR | PollEvents.POLLHUP,
                gate.front().poll(file, Answers.LOCAL, null));
        Answers.assertErrno(
                Errno.ENODEV, () -> Answers.open(gate), "a dying device could still be opened");
        assertFalse(gate.isRemoved(), "the device was torn down under a running fsync");
        stuck.letGo();
        assertEquals(0, syncing.result(), "a call that entered in time ends normally");
        assertTrue(gate.awaitRemoval());
        verify(driver, never()).read(any(), any(ByteBuffer.class), anyLong(), any());
    }

    @Test
    void eachOpenFileIsReleasedBeforeTheTeardown() throws Exception {
        FileOperations driver = mock(FileOperations.class);
        DriverAction teardown = mock(DriverAction.class);
        @SuppressWarnings("unchecked")
        Consumer<Object> destructor = mock(Consumer.class);
        FopsGate gate = FopsGate.builder("joystick", driver).onTeardown(teardown).build();
        OpenFile first = Answers.open(gate);
        OpenFile second = Answers.open(gate);
        first.setPrivateData("first", destructor);
        second.setPrivateData("second", destructor);

        gate.unregisterSync();

        InOrder ofFirst = inOrder(driver, destructor, teardown);
        ofFirst.verify(driver).release(eq(first), any());
        ofFirst.verify(destructor).accept("first");
        ofFirst.verify(teardown).run();
        InOrder ofSecond = inOrder(driver, destructor, teardown);
        ofSecond.verify(driver).release(eq(second), any());
        ofSecond.verify(destructor).accept("second");
        ofSecond.verify(teardown).run();
        assertTrue(gate.openFiles().isEmpty());
    }

    @Test
    void aGateThatNeverServedACallIsTornDownTheSameWay() throws Exception {
        // The registration failed half-way: nobody ever found the device.
        DriverAction teardown = mock(DriverAction.class);
        DriverAction hook = mock(DriverAction.class);
        FopsGate gate =
                FopsGate.builder("half registered", mock(FileOperations.class))
                        .wakeHook(hook)
                        .onTeardown(teardown)
                        .build();

        assertTrue(gate.unregisterSync());

        InOrder order = inOrder(hook, teardown);
        order.verify(hook, atLeastOnce()).run();
        order.verify(teardown).run();
        order.verifyNoMoreInteractions();
    }

    @Test
    void aStepThatThrowsDoesNotStopTheRest() throws Exception {
        FileOperations driver = mock(FileOperations.class);
        doAnswer(
                        call -> {
                            throw new IllegalStateException("release failed");
                        })
                .when(driver)
                .release(any(), any());
        FopsGate gate =
                FopsGate.builder("flaky", driver)
                        .onTeardown(() -> events.add("first registered"))
                        .onTeardown(
                                () -> {
                                    throw new IllegalStateException("teardown failed");
                                })
                        .build();
        RemovalListener bad = mock(RemovalListener.class);
        doAnswer(
                        call -> {
                            throw new IllegalStateException("listener failed");
                        })
                .when(bad)
                .onFlagged();
        RemovalListener good = mock(RemovalListener.class);
        gate.front().addRemovalListener(bad);
        gate.front().addRemovalListener(good);
        OpenFile file = Answers.open(gate);
        file.setPrivateData(
                "data",
                data -> {
                    events.add("destructor");
                    throw new IllegalStateException("destructor failed");
                });

        List<String> log = CapturedLog.during(() -> assertTrue(gate.unregisterSync()));

        assertEquals(List.of("destructor", "first registered"), events);
        verify(good).onFlagged();
        verify(good).onDrained();
        verify(bad, times(1)).onDrained();
        for (String step : List.of("release", "teardown", "listener", "destructor")) {
            assertTrue(
                    log.stream().anyMatch(line -> line.contains(step + " failed")),
                    () -> "nobody learns that the " + step + " failed; logged was " + log);
        }
    }

    @Test
    void aListenerThatComesTooLateIsRefused() {
        FopsGate gate = FopsGate.of("gone", new FileOperations() {});
        gate.beginRemoval();
        RemovalListener late = mock(RemovalListener.class);
        Answers.assertErrno(
                Errno.ENODEV,
                () -> gate.front().addRemovalListener(late),
                "a front would publish a name that nobody takes away");
        gate.awaitRemoval();
        verifyNoInteractions(late);
    }
}
