package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.SelfRemoval;
import org.junit.jupiter.api.Test;

/** What a call wants done when the removal of its device begins. */
class OnCancelTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch socketClosed = new CountDownLatch(1);
    private final AtomicInteger asleep = new AtomicInteger();
    private FopsGate gate;

    private GateBuilder builder(Reading driver) {
        return FopsGate.builder("modem", driver).onTeardown(() -> events.add("teardown"));
    }

    private void make(Reading driver) {
        gate = builder(driver).build();
    }

    private Background<Integer> read() throws Exception {
        OpenFile file = Answers.open(gate);
        return Background.start(() -> Answers.read(file));
    }

    /** A sleep of the driver's own making, after all that its call has registered. */
    private void sleep(CountDownLatch until) throws InterruptedException {
        asleep.incrementAndGet();
        until.await();
    }

    /** Waits until so many calls have registered what they want done, and sleep. */
    private void awaitAsleep(int calls) {
        Eventually.until(calls + " calls to sleep", () -> asleep.get() == calls);
    }

    private void assertRemoved() throws Exception {
        assertTrue(Background.start(gate::unregisterSync).result(), "the removal hangs");
    }

    @Test
    void theRemovalWakesASleepOfTheDriversOwnMaking() throws Exception {
        AtomicReference<Thread> ranOn = new AtomicReference<>();
        AtomicBoolean flagged = new AtomicBoolean();
        make(
                (file, call) -> {
                    call.onCancel(
                            () -> {
                                ranOn.set(Thread.currentThread());
                                flagged.set(gate.isRemoving());
                                socketClosed.countDown();
                            });
                    sleep(socketClosed);
                    events.add("call ends");
                    return 1;
                });
        Background<Integer> reader = read();
        awaitAsleep(1);
        assertFalse(reader.isDone());
        assertRemoved();
        assertEquals(1, reader.result());
        assertEquals(List.of("call ends", "teardown"), events);
        assertTrue(flagged.get(), "a woken sleeper would go back to sleep");
        assertNotSame(reader.thread(), ranOn.get());
        assertNotSame(Thread.currentThread(), ranOn.get());
    }

    @Test
    void registeredAfterTheFlagItRunsAtOnceOnTheCallsThread() throws Exception {
        AtomicReference<Thread> ranOn = new AtomicReference<>();
        make(
                (file, call) -> {
                    gate.beginRemoval();
                    call.onCancel(
                            () -> {
                                ranOn.set(Thread.currentThread());
                                // Nested, it runs at once as well.
                                call.onCancel(socketClosed::countDown);
                            });
                    assertEquals(0, socketClosed.getCount(), "it would sleep on");
                    return 1;
                });
        Background<Integer> reader = read();
        assertEquals(1, reader.result());
        assertSame(reader.thread(), ranOn.get());
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void soItDoesInACallThatIsLeftOut() throws Exception {
        make(
                (file, call) -> {
                    gate.unregisterSync(SelfRemoval.LEAVE_OUT);
                    call.onCancel(socketClosed::countDown);
                    return (int) socketClosed.getCount();
                });
        assertEquals(0, read().result(), "it would sleep on");
    }

    @Test
    void itNeverRunsAfterItsCallHasEnded() throws Exception {
        make(
                (file, call) -> {
                    call.onCancel(() -> events.add("cancelled"));
                    return 1;
                });
        OpenFile file = Answers.open(gate);
        assertEquals(1, Answers.read(file));
        assertRemoved();
        assertEquals(List.of("teardown"), events, "it acted on a request that is gone");
    }

    @Test
    void itRunsOnceOrNotAtAllWhenTheCallEndsMeanwhile() throws Exception {
        for (int round = 0; round < 200; round++) {
            long nanos = TimeUnit.MICROSECONDS.toNanos(10L * round);
            AtomicBoolean callEnded = new AtomicBoolean();
            AtomicInteger ran = new AtomicInteger();
            AtomicInteger ranLate = new AtomicInteger();
            CyclicBarrier start = new CyclicBarrier(2);
            make(
                    (file, call) -> {
                        call.onCancel(
                                () -> {
                                    ran.incrementAndGet();
                                    if (callEnded.get()) {
                                        ranLate.incrementAndGet();
                                    }
                                });
                        LeaveOutTest.meet(start);
                        LockSupport.parkNanos(nanos); // earlier, and later
                        return 1;
                    });
            OpenFile file = Answers.open(gate);
            Background<Integer> reader =
                    Background.start(
                            () -> {
                                int result = Answers.read(file);
                                callEnded.set(true);
                                return result;
                            });
            LeaveOutTest.meet(start);
            assertTrue(gate.unregisterSync());
            assertEquals(1, reader.result());
            assertEquals(0, ranLate.get(), "it acted on a request that is gone");
            assertTrue(ran.get() <= 1, "it ran twice");
        }
    }

    @Test
    void theCallDoesNotEndWhileItsCallbackRuns() throws Exception {
        Checkpoint inCallback = new Checkpoint();
        make(
                (file, call) -> {
                    call.onCancel(
                            () -> {
                                socketClosed.countDown();
                                inCallback.pass();
                                events.add("callback ends");
                            });
                    sleep(socketClosed);
                    return 1;
                });
        OpenFile file = Answers.open(gate);
        Background<Integer> reader =
                Background.start(
                        () -> {
                            int result = Answers.read(file);
                            events.add("call returned");
                            assertTrue(Thread.interrupted(), "its signal is lost");
                            return result;
                        });
        awaitAsleep(1);
        gate.beginRemoval();
        inCallback.awaitReached();
        reader.awaitEndingCancels();
        reader.thread().interrupt();
        assertEquals(List.of(), events, "the request was freed under its callback");
        inCallback.letGo();
        assertEquals(1, reader.result());
        assertTrue(gate.awaitRemoval());
        assertEquals(List.of("callback ends", "call returned", "teardown"), events);
    }

    @Test
    void oneThatThrowsIsLoggedAndTheOthersRun() throws Exception {
        CountDownLatch all = new CountDownLatch(2);
        make(
                (file, call) -> {
                    call.onCancel(all::countDown);
                    call.onCancel(
                            () -> {
                                throw new IllegalStateException("socket is broken");
                            });
                    call.onCancel(all::countDown);
                    sleep(all);
                    return 1;
                });
        Background<Integer> reader = read();
        awaitAsleep(1);
        List<String> log = CapturedLog.during(this::assertRemoved);
        assertEquals(1, reader.result());
        assertTrue(
                log.stream().anyMatch(line -> line.contains("socket is broken")),
                () -> "nobody learns why the call did not wake: " + log);
    }

    @Test
    void oneThatBlocksDelaysNeitherOthersNorWakeUpsAndIsNamed() throws Exception {
        Checkpoint stuck = new Checkpoint();
        WaitQueue queue = new WaitQueue("never");
        CountDownLatch firstWoken = new CountDownLatch(1);
        AtomicInteger order = new AtomicInteger();
        make(
                (file, call) -> {
                    switch (order.incrementAndGet()) {
                        case 1 -> {
                            call.onCancel(
                                    () -> {
                                        firstWoken.countDown();
                                        stuck.pass();
                                    });
                            sleep(firstWoken);
                        }
                        case 2 -> {
                            call.onCancel(socketClosed::countDown);
                            sleep(socketClosed);
                        }
                        default -> call.await(queue, () -> false);
                    }
                    return 1;
                });
        Background<Integer> blocked = read();
        awaitAsleep(1);
        Background<Integer> other = read();
        awaitAsleep(2);
        Background<Integer> sleeper = read();
        Eventually.asleep(queue, 1);
        assertTrue(gate.beginRemoval(), "the flag waits for a callback");
        stuck.awaitReached();
        assertEquals(1, other.result(), "another call's callback waits for the stuck one");
        Answers.assertErrno(Errno.ENODEV, sleeper.failure(), "not woken");
        RemovalOutcome outcome = gate.awaitRemoval(Duration.ofMillis(5));
        assertFalse(outcome.isRemoved());
        assertTrue(
                outcome.culprits().stream().anyMatch(each -> each.verb() == Verb.CANCEL),
                () -> "the report hides the culprit: " + outcome);
        assertTrue(outcome.toString().contains("Checkpoint.pass"), outcome::toString);
        assertEquals(List.of(), events, "the device was freed under a callback");
        stuck.letGo();
        assertEquals(1, blocked.result());
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void eachOfNestedCallsHasItsOwn() throws Exception {
        FopsGate inner =
                Reading.gate(
                        "inner",
                        (file, call) -> {
                            call.onCancel(() -> events.add("inner cancelled"));
                            return 1;
                        });
        OpenFile innerFile = Answers.open(inner);
        make(
                (file, call) -> {
                    call.onCancel(
                            () -> {
                                events.add("outer cancelled");
                                socketClosed.countDown();
                            });
                    assertEquals(1, Answers.read(innerFile));
                    inner.unregisterSync();
                    sleep(socketClosed);
                    return 2;
                });
        Background<Integer> reader = read();
        awaitAsleep(1);
        Eventually.until("the inner device to go", inner::isRemoved);
        assertRemoved();
        assertEquals(2, reader.result());
        assertEquals(List.of("outer cancelled", "teardown"), events);
    }

    @Test
    void manyCallbacksOfOneCallRunEachOnce() throws Exception {
        int many = 1_000;
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(many);
        make(
                (file, call) -> {
                    for (int i = 0; i < many; i++) {
                        call.onCancel(
                                () -> {
                                    ran.incrementAndGet();
                                    all.countDown();
                                });
                    }
                    sleep(all);
                    return 1;
                });
        Background<Integer> reader = read();
        awaitAsleep(1);
        assertRemoved();
        assertEquals(1, reader.result());
        assertEquals(many, ran.get());
    }

    @Test
    void callbacksOfEndedCallsAreForgotten() throws Exception {
        AtomicReference<WeakReference<Object>> last = new AtomicReference<>();
        make(
                (file, call) -> {
                    Object request = new Object();
                    last.set(new WeakReference<>(request));
                    call.onCancel(() -> events.add("cancelled " + request));
                    return 1;
                });
        OpenFile file = Answers.open(gate);
        for (int i = 0; i < 10_000; i++) {
            assertEquals(1, Answers.read(file));
        }
        Eventually.until(
                "the last request to be collected",
                () -> {
                    System.gc();
                    return last.get().get() == null;
                });
        assertRemoved();
        assertEquals(List.of("teardown"), events);
    }

    @Test
    void aCallbackIsGivenInsideTheCall() throws Exception {
        AtomicReference<Call> kept = new AtomicReference<>();
        make(
                (file, call) -> {
                    assertThrows(NullPointerException.class, () -> call.onCancel(null));
                    kept.set(call);
                    return 1;
                });
        assertEquals(1, Answers.read(Answers.open(gate)));
        assertThrows(
                IllegalStateException.class,
                () -> kept.get().onCancel(() -> events.add("cancelled")),
                "it would be tied to another call");
        assertRemoved();
        assertEquals(List.of("teardown"), events);
    }

    @Test
    void aDiagnosticLevelDoesNotDropThem() throws Exception {
        for (var level : org.cdevgate.gate.diagnostics.DiagnosticLevel.values()) {
            CountDownLatch cancelled = new CountDownLatch(1);
            gate =
                    builder(
                                    (file, call) -> {
                                        call.onCancel(cancelled::countDown);
                                        sleep(cancelled);
                                        return 1;
                                    })
                            .diagnostics(level)
                            .build();
            Background<Integer> reader = read();
            awaitAsleep(1);
            assertRemoved();
            assertEquals(1, reader.result());
            asleep.set(0);
        }
    }
}
