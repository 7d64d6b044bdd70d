package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;

/** Drivers that sleep in their own way are woken by their hook. */
class WakeHookTest {
    private final AtomicInteger hookCalls = new AtomicInteger();
    private final CountDownLatch wake = new CountDownLatch(1);
    private final AtomicBoolean tornDown = new AtomicBoolean();

    /** Its reader sleeps on a latch of the driver's. */
    private final FileOperations driver =
            (Reading)
                    (file, call) -> {
                        wake.await();
                        return 0;
                    };

    private FopsGate gate(DriverAction hook) {
        return FopsGate.builder("own sleep", driver)
                .wakeHook(hook)
                .onTeardown(() -> tornDown.set(true))
                .build();
    }

    @Test
    void theHookIsCalledAgainUntilALateSleeperWakes() throws Exception {
        FopsGate gate =
                gate(
                        () -> {
                            // The first calls come before the sleeper sleeps, so to speak.
                            if (hookCalls.incrementAndGet() == 4) {
                                wake.countDown();
                            }
                        });
        Background<Integer> reader = Answers.startReading(gate);
        Eventually.until("the read", () -> !gate.callsInFlight().isEmpty());
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        assertTrue(remover.result(), "one wake-up missed, and the removal hangs for ever");
        assertEquals(0, reader.result());
        int calls = hookCalls.get();
        assertTrue(calls >= 4);
    }

    @Test
    void theHookRunsAfterTheFlagOnAThreadOfItsOwn() throws Exception {
        AtomicBoolean flagged = new AtomicBoolean();
        AtomicReference<Thread> thread = new AtomicReference<>();
        AtomicReference<FopsGate> self = new AtomicReference<>();
        FopsGate gate =
                gate(
                        () -> {
                            flagged.set(self.get().isRemoving());
                            thread.set(Thread.currentThread());
                        });
        self.set(gate);
        assertTrue(gate.unregisterSync());
        assertTrue(flagged.get(), "a woken sleeper would go back to sleep");
        assertFalse(thread.get() == Thread.currentThread());
        Eventually.until("the hook's thread to end", () -> !thread.get().isAlive());
    }

    @Test
    void aHookThatThrowsDoesNotStopTheRemoval() throws Exception {
        FopsGate gate =
                gate(
                        () -> {
                            wake.countDown();
                            throw new IllegalStateException("hook is broken");
                        });
        Background<Integer> reader = Answers.startReading(gate);
        Eventually.until("the read", () -> !gate.callsInFlight().isEmpty());
        assertTrue(
                CapturedLog.during(
                                () -> {
                                    Background<Boolean> remover =
                                            Background.start(gate::unregisterSync);
                                    assertTrue(remover.result());
                                })
                        .stream()
                        .anyMatch(line -> line.contains("hook is broken")),
                "nobody learns why sleepers do not wake");
        assertEquals(0, reader.result());
        assertTrue(tornDown.get());
    }

    @Test
    void aHookThatBlocksDelaysTheTeardownNotTheDrain() throws Exception {
        Checkpoint stuck = new Checkpoint();
        WaitQueue readable = new WaitQueue("readable");
        FopsGate gate =
                Reading.builder(
                                "blocking hook",
                                (file, call) -> {
                                    call.await(readable, () -> false);
                                    return 0;
                                })
                        .wakeHook(stuck::pass)
                        .onTeardown(() -> tornDown.set(true))
                        .build();
        Background<Integer> reader = Answers.startReading(gate);
        Eventually.asleep(readable, 1);
        gate.beginRemoval();
        stuck.awaitReached();
        Answers.assertErrno(Errno.ENODEV, reader.failure(), "wake-ups wait for the hook");
        assertFalse(
                gate.awaitRemoval(Duration.ofMillis(20)).isRemoved(), "the hook's code still runs");
        assertFalse(tornDown.get(), "the device was freed under its own hook");
        assertEquals(
                Verb.WAKE_HOOK, gate.callsInFlight().get(0).verb(), "the report hides the culprit");
        stuck.letGo();
        assertTrue(gate.awaitRemoval());
        assertTrue(tornDown.get());
        assertEquals(List.of(), gate.callsInFlight());
    }

    @Test
    void theHookIsNotCalledAfterTheRemoval() throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        FopsGate gate =
                gate(
                        () -> {
                            thread.set(Thread.currentThread());
                            assertFalse(tornDown.get(), "the hook ran on a freed device");
                            hookCalls.incrementAndGet();
                        });
        gate.unregisterSync();
        int calls = hookCalls.get();
        assertTrue(calls >= 1, "the hook never ran");
        Eventually.until("the hook's thread to end", () -> !thread.get().isAlive());
        assertEquals(calls, hookCalls.get());
    }
}
