package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.junit.jupiter.api.Test;

/** Who waits for a removal with a limit learns what holds it up, the remover's own steps too. */
class RemovalReportTest {
    private static final Duration SHORTLY = Duration.ofMillis(5);

    private final Checkpoint stuck = new Checkpoint();
    private FopsGate gate;

    /** The one culprit that a remover with little time is told of. */
    private CallInFlight culprit() {
        RemovalOutcome outcome = gate.awaitRemoval(SHORTLY);
        assertFalse(outcome.isRemoved(), "a running step was left behind");
        assertEquals(1, outcome.culprits().size(), outcome::toString);
        assertTrue(
                outcome.toString().contains("Checkpoint.pass"),
                () -> "the stack is missing in " + outcome);
        return outcome.culprits().get(0);
    }

    private void assertRemovedBy(Background<Boolean> remover) throws Exception {
        stuck.letGo();
        assertTrue(remover.result());
        assertTrue(gate.awaitRemoval(SHORTLY).isRemoved());
    }

    @Test
    void aReleaseThatHangsInTheRemoverIsNamed() throws Exception {
        gate = Releasing.gate("slow", (file, call) -> stuck.pass());
        OpenFile file = Answers.open(gate);
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        stuck.awaitReached();
        CallInFlight culprit = culprit();
        assertEquals(Verb.RELEASE, culprit.verb());
        assertEquals(file.pid(), culprit.pid(), "nobody learns whose release it is");
        assertEquals(remover.thread(), culprit.thread());
        assertTrue(
                culprit.toString()
                        .contains("release of slow by pid " + ProcessHandle.current().pid()),
                culprit::toString);
        assertRemovedBy(remover);
    }

    @Test
    void aDestructorThatHangsInTheRemoverIsNamed() throws Exception {
        gate = FopsGate.of("slow", new FileOperations() {});
        OpenFile file = Answers.open(gate);
        file.setPrivateData("data", data -> stuck.pass());
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        stuck.awaitReached();
        CallInFlight culprit = culprit();
        assertEquals(Verb.RELEASE, culprit.verb());
        assertEquals(file.pid(), culprit.pid());
        assertRemovedBy(remover);
    }

    @Test
    void aTeardownThatHangsIsNamed() throws Exception {
        gate = FopsGate.builder("slow", new FileOperations() {}).onTeardown(stuck::pass).build();
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        stuck.awaitReached();
        CallInFlight culprit = culprit();
        assertEquals(Verb.TEARDOWN, culprit.verb());
        assertEquals(remover.thread(), culprit.thread());
        assertRemovedBy(remover);
    }

    @Test
    void aWakeHookThatHangsIsNamed() throws Exception {
        gate = FopsGate.builder("slow", new FileOperations() {}).wakeHook(stuck::pass).build();
        gate.beginRemoval();
        stuck.awaitReached();
        CallInFlight culprit = culprit();
        assertEquals(Verb.WAKE_HOOK, culprit.verb());
        assertEquals("wake-hook-slow", culprit.thread().getName());
        Background<Boolean> remover = Background.start(gate::awaitRemoval);
        assertRemovedBy(remover);
    }

    /** A thread that ended inside is named whether or not its object is still there. */
    @Test
    void aThreadThatEndedInsideIsNamedAtOnce() throws Exception {
        gate = FopsGate.of("entered", new FileOperations() {});
        Background<Long> ended = Background.start(gate::enter);
        ended.result();
        gate.beginRemoval();
        RemovalOutcome outcome = gate.awaitRemoval(SHORTLY);
        assertFalse(outcome.isRemoved(), "the call never left");
        assertEquals(1, outcome.culprits().size());
        assertTrue(
                outcome.toString().contains("entered, thread " + ended.thread().getName()),
                () ->
                        "the removal waits for ever, and the report does not say for what: "
                                + outcome);
    }

    @Test
    void aPendingInterruptEndsABoundedWaitAtOnce() throws Exception {
        gate = FopsGate.of("busy", new FileOperations() {});
        long ticket = gate.enter();
        gate.beginRemoval();
        Background<List<Boolean>> remover =
                Background.start(
                        () -> {
                            List<Boolean> seen = new ArrayList<>();
                            Thread.currentThread().interrupt();
                            seen.add(gate.awaitRemoval(Duration.ofHours(1)).isRemoved());
                            seen.add(gate.awaitRemoval(Duration.ofHours(1)).isRemoved());
                            seen.add(Thread.interrupted());
                            return seen;
                        });
        assertEquals(
                List.of(false, false, true),
                remover.result(),
                "a thread that is to be shut down waits on, or does not learn of it");
        gate.exit(ticket);
        assertTrue(gate.awaitRemoval(Duration.ofHours(1)).isRemoved(), "the wait is resumed");
    }

    /** With nothing to wait for there is nothing to interrupt. */
    @Test
    void anInterruptThatIsPendingReachesNoStepOfTheRemoval() throws Exception {
        List<String> interrupted = new ArrayList<>();
        Runnable check =
                () -> {
                    if (Thread.currentThread().isInterrupted()) {
                        interrupted.add("a step");
                    }
                };
        gate =
                Releasing.builder(
                                "fragile",
                                (file, call) -> {
                                    check.run();
                                })
                        .onTeardown(check::run)
                        .build();
        for (int i = 0; i < 3; i++) {
            OpenFile file = Answers.open(gate);
            file.setPrivateData(i, data -> check.run());
        }
        Background<Boolean> remover =
                Background.start(
                        () -> {
                            gate.beginRemoval();
                            Thread.currentThread().interrupt();
                            assertTrue(gate.awaitRemoval(Duration.ofHours(1)).isRemoved());
                            return Thread.interrupted();
                        });
        assertTrue(remover.result(), "the interrupt is lost: the thread cannot be shut down");
        assertEquals(List.of(), interrupted, "a teardown that waits would be cut short");
    }
}
