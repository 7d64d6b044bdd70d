package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.junit.jupiter.api.Test;

/** How much is recorded of calls, changed on a live gate. */
class DiagnosticLevelsTest {
    private FopsGate gate;

    private FopsGate at(DiagnosticLevel level, FileOperations driver) {
        return FopsGate.builder("watched", driver).diagnostics(level).build();
    }

    /** A call that stays inside. */
    private final class Stuck {
        final Checkpoint checkpoint = new Checkpoint();
        final long begin = System.nanoTime();
        final Background<Void> thread =
                Background.start(
                        () -> {
                            long ticket = gate.enter();
                            checkpoint.pass();
                            gate.exit(ticket);
                            return null;
                        });
        final long inside;

        Stuck() {
            checkpoint.awaitReached();
            inside = System.nanoTime();
        }

        CallInFlight look() {
            return gate.callsInFlight().get(0);
        }

        void assertExact() {
            long before = System.nanoTime();
            CallInFlight call = look();
            long after = System.nanoTime();
            assertTrue(call.isHeldForExact());
            long held = call.heldFor().toNanos();
            assertTrue(held >= before - inside, "held for less than it is inside");
            assertTrue(held <= after - begin, "held for longer than it is there");
            assertTrue(call.toString().contains(", for ") && !call.toString().contains("at least"));
        }

        void end() throws Exception {
            checkpoint.letGo();
            thread.result();
        }
    }

    @Test
    void theLevelsAreWhatTheyWereSetTo() throws Exception {
        gate = FopsGate.of("watched", new FileOperations() {});
        assertSame(DiagnosticLevel.COUNT, gate.diagnostics());
        for (DiagnosticLevel level : DiagnosticLevel.values()) {
            gate.diagnostics(level);
            assertSame(level, gate.diagnostics());
            gate.exit(gate.enter());
            assertFalse(gate.isRemoving());
        }
        gate.beginRemoval();
        for (DiagnosticLevel level : DiagnosticLevel.values()) {
            gate.diagnostics(level);
            assertSame(level, gate.diagnostics());
            assertTrue(gate.isRemoving(), "a level has opened the removed device again");
        }
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void theTimeHeldIsExactAtTheHigherLevels() throws Exception {
        for (DiagnosticLevel level : List.of(DiagnosticLevel.SAMPLED, DiagnosticLevel.FULL)) {
            gate = at(level, new FileOperations() {});
            Stuck call = new Stuck();
            call.assertExact();
            gate.beginRemoval();
            call.assertExact();
            call.end();
            assertTrue(gate.awaitRemoval());
        }
    }

    @Test
    void atTheLowerLevelsItIsAtLeastTheTimeSinceTheFlag() throws Exception {
        for (DiagnosticLevel level : List.of(DiagnosticLevel.OFF, DiagnosticLevel.COUNT)) {
            gate = at(level, new FileOperations() {});
            Stuck call = new Stuck();
            assertFalse(call.look().isHeldForExact());
            assertEquals(Duration.ZERO, call.look().heldFor());
            assertFalse(call.look().toString().contains(", for"), call.look()::toString);
            long beforeFlag = System.nanoTime();
            gate.beginRemoval();
            long flagged = System.nanoTime();
            Eventually.until("time to pass", () -> System.nanoTime() > flagged);
            long before = System.nanoTime();
            CallInFlight seen = call.look();
            long after = System.nanoTime();
            assertFalse(seen.isHeldForExact());
            assertTrue(seen.heldFor().toNanos() >= before - flagged, "less than since the flag");
            assertTrue(seen.heldFor().toNanos() <= after - beforeFlag, "more than since the flag");
            assertTrue(seen.toString().contains(", for at least "), seen::toString);
            call.end();
            assertTrue(gate.awaitRemoval());
        }
    }

    @Test
    void aLevelCountsFromTheNextCallOn() throws Exception {
        gate = at(DiagnosticLevel.COUNT, new FileOperations() {});
        Stuck before = new Stuck();
        gate.diagnostics(DiagnosticLevel.FULL);
        assertFalse(before.look().isHeldForExact(), "a start that nobody noted");
        before.end();
        Stuck full = new Stuck();
        gate.diagnostics(DiagnosticLevel.COUNT);
        full.assertExact();
        full.end();
        Stuck after = new Stuck();
        assertFalse(after.look().isHeldForExact(), "the start of an earlier call");
        after.end();
        assertTrue(gate.unregisterSync());
    }

    @Test
    void aLateFlagIsNoReasonForAnAbsurdAge() throws Exception {
        for (int round = 0; round < 200; round++) {
            gate = at(DiagnosticLevel.COUNT, new FileOperations() {});
            long made = System.nanoTime();
            long ticket = gate.enter();
            Background<Boolean> remover = Background.start(gate::beginRemoval);
            while (!remover.isDone()) {
                long held = gate.callsInFlight().get(0).heldFor().toNanos();
                assertTrue(held <= System.nanoTime() - made, "held since before the device was");
            }
            assertTrue(remover.result());
            gate.exit(ticket);
            assertTrue(gate.awaitRemoval());
        }
    }

    @Test
    void levelsMayBeSwitchedUnderLoad() throws Exception {
        gate = at(DiagnosticLevel.COUNT, (Reading) (file, call) -> 1);
        OpenFile file = Answers.open(gate);
        AtomicBoolean stop = new AtomicBoolean();
        Background<Long> caller =
                Background.start(
                        () -> {
                            long calls = 0;
                            while (!stop.get()) {
                                long ticket = gate.enter();
                                calls += Answers.read(file);
                                gate.exit(ticket);
                            }
                            return calls;
                        });
        for (int i = 0; i < 2_500; i++) {
            for (DiagnosticLevel level : DiagnosticLevel.values()) {
                gate.diagnostics(level);
            }
        }
        stop.set(true);
        long calls = caller.result();
        long counted = gate.counters().calls(Verb.READ);
        assertTrue(counted <= calls, () -> counted + " counted of " + calls);
        assertEquals(List.of(), gate.callsInFlight(), "a call that has left is still in");
        gate.diagnostics(DiagnosticLevel.COUNT);
        for (int i = 0; i < 10; i++) {
            Background.start(() -> Answers.read(file)).result();
        }
        assertEquals(counted + 10, gate.counters().calls(Verb.READ));
        assertTrue(gate.unregisterSync());
    }
}
