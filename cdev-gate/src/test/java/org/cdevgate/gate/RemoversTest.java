package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several removers, and removers with little time. */
class RemoversTest {
    private final AtomicInteger teardowns = new AtomicInteger();
    private final AtomicReference<Thread> tearsDown = new AtomicReference<>();
    private final Checkpoint inTeardown = new Checkpoint();
    private final FopsGate gate =
            FopsGate.builder("crowded", new FileOperations() {})
                    .onTeardown(
                            () -> {
                                tearsDown.set(Thread.currentThread());
                                inTeardown.pass();
                                teardowns.incrementAndGet();
                            })
                    .build();

    /** What a remover sees when it comes back. */
    record Seen(boolean didIt, int teardowns) {}

    private Background<Seen> remover() {
        return Background.start(() -> new Seen(gate.unregisterSync(), teardowns.get()));
    }

    /** A call that is inside, until the checkpoint lets it go. */
    private Background<Boolean> callStuckIn(Checkpoint stuck) {
        Background<Boolean> call =
                Background.start(
                        () -> {
                            long ticket = gate.enter();
                            stuck.pass();
                            gate.exit(ticket);
                            return true;
                        });
        stuck.awaitReached();
        return call;
    }

    @Test
    void everyRemoverReturnsAfterTheTeardownAndOneIsToldThatItDidIt() throws Exception {
        List<Background<Seen>> removers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            removers.add(remover());
        }
        inTeardown.awaitReached();
        for (Background<Seen> remover : removers) {
            if (remover.thread() != tearsDown.get()) {
                remover.awaitDraining();
            }
            assertFalse(remover.isDone(), "a remover returned before the device was torn down");
        }
        inTeardown.letGo();
        int told = 0;
        for (Background<Seen> remover : removers) {
            Seen seen = remover.result();
            assertEquals(1, seen.teardowns, "a remover returned before the device was torn down");
            told += seen.didIt ? 1 : 0;
        }
        assertEquals(1, told, "nobody, or two, would free what the remover frees");
        assertEquals(new Seen(false, 1), remover().result(), "later ones return at once");
    }

    @Test
    void aBoundedWaitTellsThatItIsNotRemovedAndCanBeTakenUpAgain() throws Exception {
        inTeardown.letGo();
        Checkpoint stuck = new Checkpoint();
        Background<Boolean> call = callStuckIn(stuck);
        gate.beginRemoval();
        for (Duration shortly :
                List.of(Duration.ofSeconds(-1), Duration.ZERO, Duration.ofMillis(5))) {
            RemovalOutcome outcome = gate.awaitRemoval(shortly);
            assertFalse(outcome.isRemoved(), "the stuck call was left behind");
            assertEquals(call.thread(), outcome.culprits().get(0).thread(), "no culprit named");
            assertTrue(
                    outcome.toString().contains("Checkpoint.pass"),
                    () -> "the stack is missing in " + outcome);
            assertTrue(gate.isRemoving(), "the gate is open again");
            assertFalse(gate.isRemoved());
            assertEquals(0, teardowns.get(), "torn down under a running call");
        }
        assertEquals(call.thread(), gate.callsInFlight().get(0).thread(), "no culprit named");
        stuck.letGo();
        assertTrue(call.result());
        assertTrue(gate.awaitRemoval(Duration.ofSeconds(Eventually.SECONDS)).isRemoved());
        assertEquals(1, teardowns.get());
        RemovalOutcome removed = gate.awaitRemoval(Duration.ofMillis(1));
        assertTrue(removed.isRemoved(), "it stays removed");
        assertEquals(List.of(), removed.culprits());
        assertEquals("removed", removed.toString());
    }

    @Test
    @Timeout(Eventually.SECONDS)
    void aVeryLongTimeIsJustALongTime() throws Exception {
        inTeardown.letGo();
        Checkpoint stuck = new Checkpoint();
        Background<Boolean> call = callStuckIn(stuck);
        gate.beginRemoval();
        Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
        Background<Boolean> remover =
                Background.start(() -> gate.awaitRemoval(forEver).isRemoved());
        remover.awaitDraining();
        stuck.letGo();
        assertTrue(call.result());
        assertTrue(remover.result(), "\"for ever\" written as a Duration");
    }

    @Test
    void aBoundedWaitDoesNotBlockAnUnboundedOne() throws Exception {
        inTeardown.letGo();
        Checkpoint stuck = new Checkpoint();
        Background<Boolean> call = callStuckIn(stuck);
        Background<Seen> patient = remover();
        Eventually.until("the removal to begin", gate::isRemoving);
        assertFalse(gate.awaitRemoval(Duration.ofMillis(5)).isRemoved());
        stuck.letGo();
        assertTrue(call.result());
        assertEquals(new Seen(true, 1), patient.result());
    }

    @Test
    void anInterruptOfTheRemoverIsKeptForItsOwner() throws Exception {
        inTeardown.letGo();
        Checkpoint stuck = new Checkpoint();
        Background<Boolean> call = callStuckIn(stuck);
        Background<Boolean> remover =
                Background.start(
                        () -> {
                            gate.unregisterSync();
                            return Thread.interrupted();
                        });
        Eventually.until("the removal to begin", gate::isRemoving);
        remover.awaitDraining();
        remover.thread().interrupt();
        Eventually.until(
                "the remover to take the interrupt", () -> !remover.thread().isInterrupted());
        assertFalse(remover.isDone(), "an interrupt broke the promise of unregisterSync()");
        stuck.letGo();
        assertTrue(call.result());
        assertTrue(remover.result(), "the interrupt is lost: the thread cannot be shut down");
        assertEquals(1, teardowns.get());
    }

    @Test
    void anInterruptEndsABoundedWaitAndStaysSet() throws Exception {
        inTeardown.letGo();
        long ticket = gate.enter();
        gate.beginRemoval();
        Background<Boolean> remover =
                Background.start(
                        () -> {
                            RemovalOutcome outcome = gate.awaitRemoval(Duration.ofHours(1));
                            assertEquals(1, outcome.culprits().size());
                            assertFalse(outcome.isRemoved());
                            return Thread.interrupted();
                        });
        remover.awaitDraining();
        remover.thread().interrupt();
        assertTrue(remover.result(), "the interrupt is lost: the thread cannot be shut down");
        assertFalse(gate.isRemoved());
        gate.exit(ticket);
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void anInterruptOfTheRemoverDoesNotReachTheDriversCallbacks() throws Exception {
        List<String> interrupted = new ArrayList<>();
        FopsGate fragile =
                Releasing.builder(
                                "fragile",
                                (file, call) -> {
                                    if (Thread.currentThread().isInterrupted()) {
                                        interrupted.add("release");
                                    }
                                    Thread.currentThread().interrupt();
                                })
                        .onTeardown(
                                () -> {
                                    if (Thread.currentThread().isInterrupted()) {
                                        interrupted.add("teardown");
                                    }
                                })
                        .build();
        Answers.open(fragile);
        Answers.open(fragile);
        Thread.currentThread().interrupt();
        assertTrue(fragile.unregisterSync());
        assertTrue(Thread.interrupted(), "the interrupt is lost");
        assertEquals(List.of(), interrupted, "a teardown that waits would be cut short");
        inTeardown.letGo();
        gate.unregisterSync();
    }

    @Test
    void oneDevicesDrainDoesNotWaitForAnothersCalls() throws Exception {
        inTeardown.letGo();
        FopsGate busy = FopsGate.of("busy", new FileOperations() {});
        long ticket = busy.enter();
        assertEquals(new Seen(true, 1), remover().result(), "held up by a foreign device");
        busy.exit(ticket);
        assertTrue(busy.unregisterSync());
    }

    /** Both have seen that no removal has begun. */
    @Test
    void oneOfTwoThatCameTogetherBeginsTheRemoval() throws Exception {
        inTeardown.letGo();
        Background<Boolean> first;
        Background<Boolean> second;
        synchronized (gate.removal()) {
            first = Background.start(gate::beginRemoval);
            second = Background.start(gate::beginRemoval);
            first.awaitWaitingFor(gate.removal());
            second.awaitWaitingFor(gate.removal());
        }
        assertTrue(first.result() ^ second.result(), "both have begun it, or neither");
        assertTrue(gate.unregisterSync());
    }

    /**
     * A thread that looks as often as it can. The two steps are a few nanoseconds apart; where two
     * processors are not to be had it sees them seldom, so the rounds end after a while.
     */
    @Test
    void whoSeesTheFlagSeesWhoSetIt() throws Exception {
        inTeardown.letGo();
        AtomicReference<FopsGate> watched = new AtomicReference<>();
        AtomicInteger unseen = new AtomicInteger();
        Background<Void> watcher =
                Background.start(
                        () -> {
                            FopsGate last = null;
                            for (FopsGate each = null; each != gate; each = watched.get()) {
                                if (each != null && each != last && each.isRemoving()) {
                                    unseen.addAndGet(each.removal().beginner == null ? 1 : 0);
                                    last = each;
                                }
                                Thread.onSpinWait();
                            }
                            return null;
                        });
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        for (int i = 0; i < 20_000 && System.nanoTime() < end; i++) {
            FopsGate each = FopsGate.of("flagged", new FileOperations() {});
            watched.set(each);
            assertTrue(each.removal().flag());
        }
        watched.set(gate);
        watcher.result();
        assertEquals(0, unseen.get(), "the beginning would be done twice");
        assertTrue(gate.unregisterSync());
    }

    /** Who is woken may still use the device; and what a listener knows is still there. */
    @Test
    void aRemoverWaitsForTheWakeUpsOfAnother() throws Exception {
        inTeardown.letGo();
        Checkpoint told = new Checkpoint();
        gate.front()
                .addRemovalListener(
                        new RemovalListener() {
                            @Override
                            public void onFlagged() {
                                told.pass();
                            }
                        });
        Background<Seen> first = remover();
        told.awaitReached();
        Background<Seen> second = remover();
        second.awaitDraining();
        assertEquals(0, teardowns.get(), "torn down before the sleepers were woken");
        told.letGo();
        assertTrue(first.result().didIt() ^ second.result().didIt());
        assertEquals(1, teardowns.get());
    }
}
