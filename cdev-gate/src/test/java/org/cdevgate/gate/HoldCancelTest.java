package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/** Holds whose work the removal ends. */
class HoldCancelTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final FopsGate gate =
            FopsGate.builder("nic", new FileOperations() {})
                    .onTeardown(() -> events.add("teardown"))
                    .build();

    @Test
    void theRemovalEndsTheWorkThatItWouldWaitFor() throws Exception {
        AtomicReference<Hold> receiver = new AtomicReference<>();
        receiver.set(
                gate.hold(
                        "dma rx",
                        () -> {
                            events.add("stopped");
                            receiver.get().release();
                        }));
        assertTrue(Background.start(gate::unregisterSync).result(), "the removal hangs");
        assertEquals(List.of("stopped", "teardown"), events);
    }

    @Test
    void workThatHasEndedIsNotCancelled() throws Exception {
        Hold hold = gate.hold("dma rx", () -> events.add("stopped"));
        hold.release();
        assertTrue(gate.unregisterSync());
        assertEquals(List.of("teardown"), events);
    }

    @Test
    void theRemovalWaitsForTheCallbackAndForTheHold() throws Exception {
        Checkpoint inCallback = new Checkpoint();
        Hold hold =
                gate.hold(
                        "dma rx",
                        () -> {
                            inCallback.pass();
                            events.add("stopped");
                        });
        assertTrue(gate.beginRemoval());
        inCallback.awaitReached();
        hold.release(); // does not wait for the callback, which may wait for it
        RemovalOutcome outcome = gate.awaitRemoval(Duration.ofMillis(5));
        assertFalse(outcome.isRemoved(), "the device was freed under a callback");
        assertEquals(Verb.CANCEL, outcome.culprits().get(0).verb());
        inCallback.letGo();
        assertTrue(gate.awaitRemoval());
        assertEquals(List.of("stopped", "teardown"), events);
    }

    @Test
    void aHoldThatIsRefusedIsNotCancelled() throws Exception {
        gate.beginRemoval();
        Answers.assertErrno(
                Errno.ENODEV,
                () -> gate.hold("late", () -> events.add("stopped")),
                "the removal never ends");
        assertTrue(gate.awaitRemoval());
        assertEquals(List.of("teardown"), events);
        assertThrows(NullPointerException.class, () -> gate.hold("none", null));
    }

    @Test
    void oneOfACallIsCancelledAfterIt() throws Exception {
        AtomicReference<Hold> kept = new AtomicReference<>();
        FopsGate async =
                Reading.gate(
                        "async",
                        (file, call) -> {
                            kept.set(
                                    call.hold(
                                            "request",
                                            () -> {
                                                events.add("cancelled");
                                                kept.get().close();
                                            }));
                            return 1;
                        });
        assertEquals(1, Answers.read(Answers.open(async)));
        assertEquals(List.of(), events);
        assertTrue(Background.start(async::unregisterSync).result(), "the removal hangs");
        assertEquals(List.of("cancelled"), events);
    }

    @Test
    void aRemovalFromACallbackIsRefused() throws Exception {
        AtomicReference<Hold> hold = new AtomicReference<>();
        hold.set(
                gate.hold(
                        "dma rx",
                        () -> {
                            assertThrows(SelfRemovalException.class, gate::awaitRemoval);
                            events.add("told");
                            hold.get().release();
                        }));
        assertTrue(gate.unregisterSync());
        assertEquals(List.of("told", "teardown"), events);
    }

    @Test
    void aCallbackThatFailsIsLoggedAndTheRemovalGoesOn() throws Exception {
        Hold hold =
                gate.hold(
                        "dma rx",
                        () -> {
                            throw new IllegalStateException("on purpose");
                        });
        gate.beginRemoval();
        assertFalse(gate.awaitRemoval(Duration.ofMillis(5)).isRemoved());
        hold.release();
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void callbacksOfReleasedHoldsAreForgotten() throws Exception {
        WeakReference<Object> last = null;
        for (int i = 0; i < 1_000; i++) {
            Object request = new Object();
            last = new WeakReference<>(request);
            gate.hold("request", () -> events.add("cancelled " + request)).release();
        }
        WeakReference<Object> gone = last;
        Eventually.until(
                "the last request to be collected",
                () -> {
                    System.gc();
                    return gone.refersTo(null);
                });
        assertTrue(gate.unregisterSync());
        assertEquals(List.of("teardown"), events);
    }

    /** Whichever comes first, the removal ends, and no callback runs after it. */
    @Test
    void manyAreReleasedWhileTheRemovalCancelsThem() throws Exception {
        for (int round = 0; round < 100; round++) {
            FopsGate fresh = FopsGate.of("fresh", new FileOperations() {});
            List<Hold> holds = Collections.synchronizedList(new ArrayList<>());
            List<String> late = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 10; i++) {
                int which = i;
                holds.add(
                        fresh.hold(
                                "request",
                                () -> {
                                    if (fresh.isRemoved()) {
                                        late.add("cancelled after the removal");
                                    }
                                    holds.get(which).close();
                                }));
            }
            Background<Void> completions =
                    Background.start(
                            () -> {
                                holds.forEach(Hold::close);
                                return null;
                            });
            assertTrue(fresh.unregisterSync());
            completions.result();
            assertEquals(List.of(), late);
        }
    }
}
