package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/** Claims that keep a device bound beyond the call that took them. */
class HoldTest {
    private static final Duration SHORTLY = Duration.ofMillis(5);

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final FopsGate gate =
            FopsGate.builder("nic", new FileOperations() {})
                    .onTeardown(() -> events.add("teardown"))
                    .build();

    private CallInFlight culprit() {
        RemovalOutcome outcome = gate.awaitRemoval(SHORTLY);
        assertFalse(outcome.isRemoved(), "the device was freed under a transfer");
        assertEquals(1, outcome.culprits().size(), outcome::toString);
        return outcome.culprits().get(0);
    }

    @Test
    void aRemovalWaitsForAHoldThatAnotherThreadReleases() throws Exception {
        Hold hold = gate.hold("dma rx");
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        remover.awaitDraining();
        assertFalse(remover.isDone());
        assertEquals(List.of(), events, "the device was freed under a transfer");
        Background<Void> completion =
                Background.start(
                        () -> {
                            events.add("released");
                            hold.release();
                            return null;
                        });
        completion.result();
        assertTrue(remover.result());
        assertEquals(List.of("released", "teardown"), events);
        assertTrue(hold.isReleased());
    }

    @Test
    void aHoldTakenInAVerbOutlivesIt() throws Exception {
        AtomicReference<Hold> kept = new AtomicReference<>();
        FopsGate async =
                Reading.gate(
                        "async",
                        (file, call) -> {
                            kept.set(call.hold("request"));
                            return 1;
                        });
        assertEquals(1, Answers.read(Answers.open(async)));
        RemovalOutcome outcome = async.unregisterSync(SHORTLY);
        assertEquals("request", outcome.culprits().get(0).tag());
        kept.get().release();
        assertTrue(async.awaitRemoval());
    }

    @Test
    void theReportNamesTagThreadAndTime() throws Exception {
        Hold hold = gate.hold("dma rx");
        gate.beginRemoval();
        CallInFlight culprit = culprit();
        assertEquals(Verb.HOLD, culprit.verb());
        assertEquals("dma rx", culprit.tag());
        assertNull(culprit.thread(), "a hold belongs to no thread");
        assertTrue(culprit.isHeldForExact());
        assertTrue(culprit.heldFor().compareTo(SHORTLY) >= 0, culprit::toString);
        assertEquals(List.of(), culprit.stack());
        String line = culprit.toString();
        assertTrue(
                line.startsWith(
                        "hold \"dma rx\" of nic, taken by thread "
                                + Thread.currentThread().getName()
                                + ", for "),
                line);
        assertFalse(line.contains("at least"), line);
        hold.release();
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void atFullTheReportTellsWhereItWasTaken() throws Exception {
        gate.diagnostics(DiagnosticLevel.FULL);
        Hold hold = gate.hold("dma rx");
        gate.diagnostics(DiagnosticLevel.COUNT);
        gate.beginRemoval();
        CallInFlight culprit = culprit();
        assertTrue(
                culprit.stack().stream()
                        .anyMatch(frame -> frame.getClassName().equals(HoldTest.class.getName())),
                () -> "who took it cannot be found: " + culprit.stack());
        hold.release();
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void aDoubleReleaseIsAnErrorThatNamesTheTagAndFreesNothing() throws Exception {
        Hold first = gate.hold("first");
        Hold second = gate.hold("second");
        first.release();
        IllegalStateException error = assertThrows(IllegalStateException.class, first::release);
        assertTrue(error.getMessage().contains("\"first\""), error::toString);
        assertTrue(error.getMessage().contains("nic"), error::toString);
        gate.beginRemoval();
        assertEquals("second", culprit().tag(), "the other one's claim was given back");
        second.release();
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void closeMayComeFromSeveral() throws Exception {
        Hold first = gate.hold("first");
        Hold second = gate.hold("second");
        first.close();
        first.close();
        gate.beginRemoval();
        assertEquals("second", culprit().tag(), "the other one's claim was given back");
        second.close();
        assertTrue(gate.awaitRemoval());
        second.close();
        assertThrows(IllegalStateException.class, second::release);
    }

    @Test
    void oneOfManyReleasesWins() throws Exception {
        for (int round = 0; round < 100; round++) {
            FopsGate fresh = FopsGate.of("fresh", new FileOperations() {});
            Hold hold = fresh.hold("shared");
            Hold other = fresh.hold("other");
            CyclicBarrier start = new CyclicBarrier(2);
            AtomicInteger won = new AtomicInteger();
            Background<Void> rival = Background.start(() -> release(hold, start, won));
            release(hold, start, won);
            rival.result();
            assertEquals(1, won.get());
            assertEquals("other", fresh.unregisterSync(SHORTLY).culprits().get(0).tag());
            other.release();
            assertTrue(fresh.awaitRemoval());
        }
    }

    private static Void release(Hold hold, CyclicBarrier start, AtomicInteger won) {
        LeaveOutTest.meet(start);
        try {
            hold.release();
            won.incrementAndGet();
        } catch (IllegalStateException e) {
            assertTrue(e.getMessage().contains("shared"), e::toString);
        }
        return null;
    }

    @Test
    void afterTheFlagNobodyTakesAHold() throws Exception {
        gate.beginRemoval();
        Answers.assertErrno(Errno.ENODEV, () -> gate.hold("late"), "the removal never ends");
        assertTrue(gate.awaitRemoval());
        Answers.assertErrno(Errno.ENODEV, () -> gate.hold("later"), "it holds a freed device");
    }

    @Test
    void aHoldHasATag() throws Exception {
        assertThrows(NullPointerException.class, () -> gate.hold(null));
        assertThrows(IllegalArgumentException.class, () -> gate.hold(""));
        assertTrue(gate.unregisterSync(), "a refused hold counts");
    }

    @Test
    void aPartRunsInsideTheGateAlsoDuringTheRemoval() throws Exception {
        Hold hold = gate.hold("timer");
        gate.beginRemoval();
        hold.run(
                () -> {
                    assertThrows(SelfRemovalException.class, gate::awaitRemoval);
                    events.add("part");
                });
        hold.release();
        assertTrue(gate.awaitRemoval());
        assertEquals(List.of("part", "teardown"), events);
    }

    @Test
    void aReleaseDuringAPartTakesEffectAtItsEnd() throws Exception {
        Checkpoint inPart = new Checkpoint();
        Hold hold = gate.hold("timer");
        Background<Void> worker =
                Background.start(
                        () -> {
                            hold.run(
                                    () -> {
                                        inPart.pass();
                                        events.add("part ends");
                                    });
                            return null;
                        });
        inPart.awaitReached();
        hold.release();
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        Eventually.until("the removal to begin", gate::isRemoving);
        CallInFlight culprit = culprit();
        assertEquals(Verb.HOLD, culprit.verb());
        assertEquals(worker.thread(), culprit.thread(), "nobody learns whose part runs");
        inPart.letGo();
        worker.result();
        assertTrue(remover.result());
        assertEquals(List.of("part ends", "teardown"), events);
    }

    @Test
    void aPartAfterTheReleaseIsAnErrorThatNamesTheTag() throws Exception {
        Hold hold = gate.hold("timer");
        hold.release();
        IllegalStateException error =
                assertThrows(
                        IllegalStateException.class,
                        () -> hold.run(() -> events.add("ran on a freed device")));
        assertTrue(error.getMessage().contains("\"timer\""), error::toString);
        assertTrue(gate.unregisterSync());
        assertThrows(IllegalStateException.class, () -> hold.run(() -> events.add("ran")));
        assertEquals(List.of("teardown"), events);
    }

    @Test
    void whatAPartThrowsComesOutAndTheHoldStays() throws Exception {
        Hold hold = gate.hold("timer");
        IOException thrown = new IOException("broken");
        assertEquals(
                thrown,
                assertThrows(
                        IOException.class,
                        () ->
                                hold.run(
                                        () -> {
                                            throw thrown;
                                        })));
        assertFalse(hold.isReleased());
        hold.release();
        assertTrue(gate.unregisterSync(), "the part that threw counts for ever");
    }

    /** Parts that run while the hold is released and the device removed are all inside. */
    @Test
    void noPartRunsAfterTheTeardown() throws Exception {
        for (int round = 0; round < 100; round++) {
            AtomicInteger freed = new AtomicInteger();
            AtomicInteger usedAfterFree = new AtomicInteger();
            FopsGate fresh =
                    FopsGate.builder("fresh", new FileOperations() {})
                            .onTeardown(freed::incrementAndGet)
                            .build();
            Hold hold = fresh.hold("timer");
            CyclicBarrier start = new CyclicBarrier(3);
            Background<Integer> worker =
                    Background.start(
                            () -> {
                                LeaveOutTest.meet(start);
                                for (int parts = 0; ; parts++) {
                                    try {
                                        hold.run(() -> usedAfterFree.addAndGet(freed.get()));
                                    } catch (IllegalStateException e) {
                                        return parts;
                                    }
                                }
                            });
            Background<Boolean> remover =
                    Background.start(
                            () -> {
                                LeaveOutTest.meet(start);
                                return fresh.unregisterSync();
                            });
            LeaveOutTest.meet(start);
            hold.release();
            assertTrue(worker.result() >= 0);
            assertTrue(remover.result());
            assertEquals(0, usedAfterFree.get(), "a timer ran on a freed device");
        }
    }

    @Test
    void aLostHoldIsLoggedWithItsTagAndKeepsTheDevice() throws Exception {
        String log = String.join("\n", CapturedLog.during(() -> loseAndWait("forgotten")));
        assertTrue(log.contains("hold \"forgotten\""), () -> "nobody learns of the leak: " + log);
        assertTrue(log.contains("thread " + Thread.currentThread().getName()), log);
        assertTrue(log.contains("FULL tells where"), () -> "no remedy: " + log);
        gate.beginRemoval();
        CallInFlight culprit = culprit();
        assertTrue(culprit.isLost());
        assertTrue(culprit.toString().contains("lost without being released"), culprit::toString);
    }

    @Test
    void atFullALostHoldIsLoggedWithTheStackThatTookIt() throws Exception {
        gate.diagnostics(DiagnosticLevel.FULL);
        String log = String.join("\n", CapturedLog.during(() -> loseAndWait("forgotten")));
        assertTrue(
                log.contains("was taken here") && log.contains("HoldTest.takeAndForget"),
                () -> "who leaked it cannot be found: " + log);
    }

    private void loseAndWait(String tag) throws Exception {
        takeAndForget(tag);
        Eventually.until(
                "the lost hold to be found",
                () -> {
                    System.gc();
                    return gate.callsInFlight().stream().anyMatch(CallInFlight::isLost);
                });
    }

    private void takeAndForget(String tag) throws Exception {
        assertEquals(tag, gate.hold(tag).tag());
    }

    @Test
    void aHoldThatWasReleasedIsNotLost() throws Exception {
        List<String> log =
                CapturedLog.during(
                        () -> {
                            for (int i = 0; i < 100; i++) {
                                gate.hold("fine").release();
                            }
                            loseAndWait("forgotten");
                        });
        assertTrue(log.stream().noneMatch(line -> line.contains("\"fine\"")), log::toString);
        assertEquals(1, gate.callsInFlight().size());
    }
}
