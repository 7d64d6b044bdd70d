package org.cdevgate.gate.stress.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ScriptTest {
    @Test
    void anActorGoesToItsPointAndNoFurther() {
        AtomicBoolean beyond = new AtomicBoolean();
        try (Script script = new Script()) {
            script.actor(
                    "actor",
                    () -> {
                        script.at("first");
                        script.at("second");
                        beyond.set(true);
                    });
            assertEquals(Progress.STANDS, script.advance("actor", "second"));
            assertFalse(beyond.get(), "it went past its point");
            assertEquals(Progress.ENDED, script.finish("actor"));
            assertTrue(beyond.get(), "it did not go on");
        }
    }

    @Test
    void anActorThatNeverComesToItsPointEnds() {
        try (Script script = new Script()) {
            script.actor("actor", () -> script.at("here"));
            assertEquals(Progress.ENDED, script.advance("actor", "elsewhere"));
        }
    }

    @Test
    void anActorThatWaitsForAnotherIsSeenToWaitAndGoesOnByItself() {
        CountDownLatch latch = new CountDownLatch(1);
        try (Script script = new Script()) {
            script.actor("waiter", latch::await);
            script.actor("other", latch::countDown);
            assertEquals(Progress.WAITS, script.finish("waiter"));
            assertTrue(script.isHeldUp("waiter"));
            assertEquals(Progress.ENDED, script.finish("other"));
            assertEquals(Progress.ENDED, finishAgain(script, "waiter"));
        }
    }

    private static Progress finishAgain(Script script, String actor) {
        Progress progress = script.finish(actor);
        while (progress == Progress.WAITS) {
            progress = script.finish(actor);
        }
        return progress;
    }

    @Test
    void anActorThatWaitsForALockIsHeldUp() {
        Object lock = new Object();
        try (Script script = new Script()) {
            script.actor(
                    "owner",
                    () -> {
                        synchronized (lock) {
                            script.at("inside");
                        }
                    });
            script.actor(
                    "other",
                    () -> {
                        synchronized (lock) {
                            script.at("inside too");
                        }
                    });
            assertEquals(Progress.STANDS, script.advance("owner", "inside"));
            assertTrue(script.isHeldUp("other"), "a monitor is a lock like any other");
            assertEquals(Progress.ENDED, finishAgain(script, "owner"));
            assertEquals(Progress.ENDED, finishAgain(script, "other"));
        }
    }

    @Test
    void aTimedWaitHoldsNobodyUp() {
        CountDownLatch never = new CountDownLatch(1);
        try (Script script = new Script()) {
            script.actor("actor", () -> never.await(50, TimeUnit.MILLISECONDS));
            assertFalse(script.isHeldUp("actor"), "it goes on by itself");
        }
    }

    @Test
    void actorsThatWaitForEachOtherAreADeadlock() {
        Turn turn = new Turn();
        try (Script script = new Script()) {
            script.actor("one", () -> turn.awaitAndPass(1, 2));
            script.actor("other", () -> turn.awaitAndPass(2, 1));
            script.finish("one");
            script.finish("other");
            assertTrue(script.endsInDeadlock(), "each waits for the other");
            turn.pass(1);
            assertFalse(script.endsInDeadlock(), "both were let go");
        }
    }

    /** Waits on a monitor: a notified thread no longer looks as if it waited. */
    private static final class Turn {
        private int whose; // guarded by this

        synchronized void awaitAndPass(int own, int next) throws InterruptedException {
            while (whose != own) {
                wait();
            }
            pass(next);
        }

        synchronized void pass(int next) {
            whose = next;
            notifyAll();
        }
    }

    @Test
    void anActorThatRunsOnForEverFailsTheStepWithItsStack() {
        AtomicBoolean stop = new AtomicBoolean();
        Script script = new Script(Duration.ofMillis(50));
        script.actor(
                "runner",
                () -> {
                    while (!stop.get()) {
                        Thread.onSpinWait();
                    }
                });
        ScriptFailure failure = assertThrows(ScriptFailure.class, () -> script.finish("runner"));
        stop.set(true);
        assertTrue(
                failure.getMessage().contains("runner was to end within 50 ms"), failure::toString);
        assertTrue(failure.getCause().getMessage().contains("stack of runner"), failure::toString);
    }

    @Test
    void anActorThatFailsFailsTheStep() {
        IllegalStateException wrong = new IllegalStateException("wrong");
        Script script = new Script();
        script.actor(
                "actor",
                () -> {
                    throw wrong;
                });
        ScriptFailure failure = assertThrows(ScriptFailure.class, () -> script.finish("actor"));
        assertSame(wrong, failure.getCause());
    }

    @Test
    void anUnknownActorIsNamed() {
        try (Script script = new Script()) {
            script.actor("known", () -> {});
            IllegalArgumentException failure =
                    assertThrows(IllegalArgumentException.class, () -> script.finish("unknown"));
            assertTrue(failure.getMessage().contains("unknown, only [known]"), failure::toString);
        }
    }
}
