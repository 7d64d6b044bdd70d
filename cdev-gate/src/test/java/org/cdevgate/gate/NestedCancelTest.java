package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.ErrnoException;
import org.junit.jupiter.api.Test;

/** {@link Call#onCancel} of a call that is nested in one of another device, which is removed. */
class NestedCancelTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch socketClosed = new CountDownLatch(1);

    private interface Body {
        void run(Call call) throws Exception;
    }

    /** A device whose read does something. */
    private static FopsGate device(String name, Body body) {
        return Reading.gate(
                name,
                (file, call) -> {
                    try {
                        body.run(call);
                    } catch (ErrnoException | InterruptedException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    return 1;
                });
    }

    private static FopsGate onTopOf(FopsGate below) throws ErrnoException {
        OpenFile file = Answers.open(below);
        return device("sensor", call -> Answers.read(file));
    }

    private static Background<Integer> read(FopsGate gate) throws ErrnoException {
        OpenFile file = Answers.open(gate);
        return Background.start(() -> Answers.read(file));
    }

    private static void assertRemoved(FopsGate gate) throws Exception {
        assertTrue(Background.start(gate::unregisterSync).result(), "the removal hangs");
    }

    @Test
    void itRunsOnAThreadOfItsOwn() throws Exception {
        AtomicReference<Thread> ranOn = new AtomicReference<>();
        CountDownLatch asleep = new CountDownLatch(1);
        FopsGate below =
                device(
                        "adapter",
                        call -> {
                            assertFalse(call.isRemoving());
                            call.onCancel(
                                    () -> {
                                        ranOn.set(Thread.currentThread());
                                        socketClosed.countDown();
                                    });
                            asleep.countDown();
                            socketClosed.await();
                            assertTrue(call.isRemoving(), "a woken sleeper would sleep again");
                        });
        FopsGate sensor = onTopOf(below);
        Background<Integer> reader = read(sensor);
        asleep.await();
        assertRemoved(sensor);
        assertEquals(1, reader.result());
        assertNotSame(reader.thread(), ranOn.get());
        assertNotSame(Thread.currentThread(), ranOn.get());
        assertFalse(below.isRemoving());
        assertRemoved(below);
    }

    @Test
    void registeredAfterTheFlagItRunsAtOnce() throws Exception {
        AtomicReference<Thread> ranOn = new AtomicReference<>();
        AtomicReference<FopsGate> outer = new AtomicReference<>();
        FopsGate below =
                device(
                        "adapter",
                        call -> {
                            outer.get().beginRemoval();
                            call.onCancel(
                                    () -> {
                                        ranOn.set(Thread.currentThread());
                                        call.onCancel(socketClosed::countDown);
                                    });
                            assertEquals(0, socketClosed.getCount(), "it would sleep on");
                        });
        outer.set(onTopOf(below));
        Background<Integer> reader = read(outer.get());
        assertEquals(1, reader.result());
        assertSame(reader.thread(), ranOn.get());
        assertTrue(outer.get().awaitRemoval());
        assertRemoved(below);
    }

    /** The device below is removed later, and nothing of the call is done again. */
    @Test
    void itRunsOnceForBothDevices() throws Exception {
        Checkpoint inCall = new Checkpoint();
        FopsGate below =
                device(
                        "adapter",
                        call -> {
                            call.onCancel(
                                    () -> {
                                        events.add("cancelled");
                                        socketClosed.countDown();
                                    });
                            inCall.pass();
                        });
        FopsGate sensor = onTopOf(below);
        Background<Integer> reader = read(sensor);
        inCall.awaitReached();
        sensor.beginRemoval();
        socketClosed.await();
        below.beginRemoval();
        inCall.letGo();
        assertEquals(1, reader.result());
        assertTrue(sensor.awaitRemoval());
        assertTrue(below.awaitRemoval());
        assertEquals(List.of("cancelled"), events);
    }

    @Test
    void theRemovalWaitsForIt() throws Exception {
        Checkpoint inCallback = new Checkpoint();
        CountDownLatch asleep = new CountDownLatch(1);
        FopsGate below =
                device(
                        "adapter",
                        call -> {
                            call.onCancel(
                                    () -> {
                                        inCallback.pass();
                                        socketClosed.countDown();
                                    });
                            asleep.countDown();
                            socketClosed.await();
                        });
        FopsGate sensor = onTopOf(below);
        Background<Integer> reader = read(sensor);
        asleep.await();
        sensor.beginRemoval();
        inCallback.awaitReached();
        assertFalse(sensor.awaitRemoval(Duration.ofMillis(5)).isRemoved());
        inCallback.letGo();
        assertTrue(sensor.awaitRemoval());
        assertEquals(1, reader.result());
        assertRemoved(below);
    }

    /** It may wait for something that the outer call has, or be of a call before it. */
    @Test
    void thatOfACallBesideIsNotRun() throws Exception {
        Checkpoint inCall = new Checkpoint();
        FopsGate below =
                device(
                        "adapter",
                        call -> {
                            call.onCancel(() -> events.add("cancelled"));
                            inCall.pass();
                        });
        FopsGate sensor = onTopOf(below);
        Background<Integer> direct = read(below);
        inCall.awaitReached();
        assertRemoved(sensor);
        assertEquals(List.of(), events, "a call of the living device was cancelled");
        inCall.letGo();
        assertEquals(1, direct.result());
        assertRemoved(below);
        assertEquals(List.of(), events, "its call has ended");
    }

    /** What a release asks for is whether its own device is still there to be switched off. */
    @Test
    void aReleaseIsToldOfItsOwnDeviceOnly() throws Exception {
        FopsGate below =
                Releasing.gate(
                        "adapter", (file, call) -> events.add("removing " + call.isRemoving()));
        FopsGate sensor =
                Reading.gate(
                        "sensor",
                        (file, call) -> {
                            OpenFile other = Answers.open(below);
                            file.gate().beginRemoval();
                            below.front().close(other);
                            return 1;
                        });
        assertEquals(1, read(sensor).result());
        assertTrue(sensor.awaitRemoval());
        assertEquals(List.of("removing false"), events);
        assertRemoved(below);
    }

    /** The scope was entered after the callback was registered. */
    @Test
    void itRunsForAScopeInsideItsCallToo() throws Exception {
        FopsGate resource = FopsGate.of("registers", new FileOperations() {});
        CountDownLatch asleep = new CountDownLatch(1);
        FopsGate gate =
                device(
                        "sensor",
                        call -> {
                            call.onCancel(socketClosed::countDown);
                            resource.tryRun(
                                    () -> {
                                        asleep.countDown();
                                        socketClosed.await();
                                    });
                        });
        Background<Integer> reader = read(gate);
        asleep.await();
        assertRemoved(resource);
        assertEquals(1, reader.result());
        assertRemoved(gate);
    }
}
