package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.RemovalOutcome.Ending;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/** Removals that do not wait, wait for a limited time, or until they are interrupted. */
class RemovalFormsTest {
    private static final Duration SHORTLY = Duration.ofMillis(5);
    private static final Duration LONG = Duration.ofSeconds(Eventually.SECONDS);

    private final AtomicInteger teardowns = new AtomicInteger();
    private final Checkpoint stuck = new Checkpoint();
    private final FopsGate gate =
            Reading.builder("disk", (file, call) -> stay())
                    .onTeardown(teardowns::incrementAndGet)
                    .build();

    private int stay() {
        stuck.pass();
        return 1;
    }

    private Background<Integer> readerInside() throws Exception {
        Background<Integer> reader = Answers.startReading(gate);
        stuck.awaitReached();
        return reader;
    }

    private static RemovalOutcome get(CompletableFuture<RemovalOutcome> future) throws Exception {
        return future.get(Eventually.SECONDS, TimeUnit.SECONDS);
    }

    // asynchronous

    @Test
    void anAsynchronousRemovalFlagsNowAndCompletesAfterTheTeardown() throws Exception {
        Background<Integer> reader = readerInside();
        CompletableFuture<RemovalOutcome> future = gate.unregisterAsync();
        AtomicInteger seen = new AtomicInteger(-1);
        CompletableFuture<Void> then = future.thenAccept(outcome -> seen.set(teardowns.get()));
        assertTrue(gate.isRemoving(), "new calls still come in");
        assertFalse(future.isDone(), "it completed with a call in the driver");
        stuck.letGo();
        assertEquals(1, reader.result());
        assertEquals(Ending.REMOVED_HERE, get(future).ending());
        then.get(Eventually.SECONDS, TimeUnit.SECONDS);
        assertEquals(1, seen.get(), "it completed before the teardown");
        assertEquals(Ending.REMOVED, get(gate.unregisterAsync()).ending());
        assertEquals(1, teardowns.get(), "torn down twice");
    }

    @Test
    void anAsynchronousRemovalMayBeAskedForInsideACall() throws Exception {
        AtomicReference<CompletableFuture<RemovalOutcome>> asked = new AtomicReference<>();
        AtomicReference<FopsGate> self = new AtomicReference<>();
        FopsGate unplugged =
                Reading.gate(
                        "unplugged",
                        (file, call) -> {
                            asked.set(self.get().unregisterAsync());
                            assertFalse(asked.get().isDone());
                            return 5;
                        });
        self.set(unplugged);
        OpenFile file = Answers.open(unplugged);
        assertEquals(5, Answers.read(file));
        assertTrue(get(asked.get()).isRemoved());
    }

    @Test
    void cancellingTheFutureChangesNothing() throws Exception {
        Background<Integer> reader = readerInside();
        assertTrue(gate.unregisterAsync().cancel(true));
        stuck.letGo();
        assertEquals(1, reader.result());
        Eventually.until("the removal to finish", gate::isRemoved);
        assertEquals(1, teardowns.get());
    }

    @Test
    void anExecutorsThreadDoesTheRest() throws Exception {
        AtomicReference<Thread> worker = new AtomicReference<>();
        AtomicReference<Thread> tornDownBy = new AtomicReference<>();
        FopsGate removed =
                FopsGate.builder("removed", new FileOperations() {})
                        .onTeardown(() -> tornDownBy.set(Thread.currentThread()))
                        .build();
        RemovalOutcome outcome =
                get(
                        removed.unregisterAsync(
                                work -> {
                                    Thread thread = new Thread(work, "executor");
                                    worker.set(thread);
                                    thread.start();
                                }));
        assertEquals(Ending.REMOVED_HERE, outcome.ending());
        assertSame(worker.get(), tornDownBy.get());
    }

    @Test
    void anExecutorThatRefusesLeavesTheRemovalToBeTakenUp() throws Exception {
        CompletableFuture<RemovalOutcome> future =
                gate.unregisterAsync(
                        work -> {
                            throw new RejectedExecutionException("shut down");
                        });
        ExecutionException failed =
                assertThrows(
                        ExecutionException.class,
                        () -> get(future),
                        "nobody learns that nobody removes");
        assertTrue(failed.getCause() instanceof RejectedExecutionException);
        assertTrue(gate.isRemoving());
        assertEquals(0, teardowns.get());
        assertTrue(gate.awaitRemoval(), "the removal cannot be taken up");
        assertEquals(1, teardowns.get());
    }

    @Test
    void anExecutorThatRunsItInsideTheCallIsRefusedThere() throws Exception {
        long ticket = gate.enter();
        CompletableFuture<RemovalOutcome> future = gate.unregisterAsync(Runnable::run);
        ExecutionException failed =
                assertThrows(ExecutionException.class, () -> get(future), "it waits for itself");
        assertTrue(failed.getCause() instanceof SelfRemovalException, failed::toString);
        gate.exit(ticket);
        assertTrue(gate.awaitRemoval());
        assertEquals(1, teardowns.get());
    }

    @Test
    void anExecutorThatRunsItAtOnceIsFineOutside() throws Exception {
        CompletableFuture<RemovalOutcome> future = gate.unregisterAsync(Runnable::run);
        assertEquals(Ending.REMOVED_HERE, future.getNow(null).ending());
    }

    // bounded and interruptible

    @Test
    void aBoundedRemovalNamesTheCulpritAndIsTakenUpAgain() throws Exception {
        Background<Integer> reader = readerInside();
        RemovalOutcome outcome = gate.unregisterSync(SHORTLY);
        assertEquals(Ending.TIMED_OUT, outcome.ending());
        assertFalse(outcome.isRemoved());
        CallInFlight culprit = outcome.culprits().get(0);
        assertEquals(Verb.READ, culprit.verb());
        assertSame(reader.thread(), culprit.thread());
        assertEquals(List.of("disk"), outcome.report().devices());
        assertTrue(outcome.report().waited().compareTo(SHORTLY) >= 0, "it did not wait that long");
        assertTrue(gate.isRemoving());
        assertEquals(0, teardowns.get(), "torn down under a running call");
        Answers.assertErrno(Errno.ENODEV, gate::enter, "the device is open again");
        Background<RemovalOutcome> resumed = Background.start(() -> gate.unregisterSync(LONG));
        stuck.letGo();
        assertEquals(1, reader.result());
        assertEquals(Ending.REMOVED_HERE, resumed.result().ending());
        assertEquals(Ending.REMOVED, gate.unregisterSync(SHORTLY).ending());
        assertEquals(1, teardowns.get());
    }

    @Test
    void aBoundedRemovalInsideACallIsRefusedAndDoesNothing() throws Exception {
        long ticket = gate.enter();
        assertThrows(SelfRemovalException.class, () -> gate.unregisterSync(SHORTLY));
        assertThrows(NullPointerException.class, () -> gate.unregisterSync((Duration) null));
        assertFalse(gate.isRemoving(), "the refused removal flagged the device all the same");
        gate.exit(ticket);
        assertTrue(gate.unregisterSync());
    }

    @Test
    void anInterruptEndsAnInterruptibleWaitWhichIsTakenUpAgain() throws Exception {
        Background<Integer> reader = readerInside();
        gate.beginRemoval();
        Background<RemovalOutcome> remover =
                Background.start(
                        () -> {
                            RemovalOutcome outcome = gate.awaitRemovalInterruptibly();
                            assertTrue(Thread.interrupted(), "the interrupt is lost");
                            return outcome;
                        });
        remover.awaitDraining();
        assertFalse(remover.isDone());
        remover.thread().interrupt();
        RemovalOutcome outcome = remover.result();
        assertEquals(Ending.INTERRUPTED, outcome.ending());
        assertSame(reader.thread(), outcome.culprits().get(0).thread());
        assertEquals(0, teardowns.get());
        Background<RemovalOutcome> resumed = Background.start(gate::awaitRemovalInterruptibly);
        stuck.letGo();
        assertEquals(1, reader.result());
        assertEquals(Ending.REMOVED_HERE, resumed.result().ending());
    }

    @Test
    void anInterruptEndsABoundedRemoval() throws Exception {
        Background<Integer> reader = readerInside();
        Background<Ending> remover =
                Background.start(
                        () -> {
                            Thread.currentThread().interrupt();
                            return gate.unregisterSync(LONG).ending();
                        });
        assertEquals(Ending.INTERRUPTED, remover.result());
        stuck.letGo();
        assertEquals(1, reader.result());
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void anInterruptibleWaitIsCheckedLikeTheOthers() throws Exception {
        assertThrows(IllegalStateException.class, gate::awaitRemovalInterruptibly);
        assertThrows(IllegalStateException.class, () -> gate.awaitRemoval(SHORTLY));
        long ticket = gate.enter();
        gate.beginRemoval();
        assertThrows(SelfRemovalException.class, gate::awaitRemovalInterruptibly);
        gate.exit(ticket);
        assertEquals(Ending.REMOVED_HERE, gate.awaitRemovalInterruptibly().ending());
    }

    /** Whatever the form, nobody is told of a removal whose teardown has not finished. */
    @Test
    void allFormsAtOnceComeBackAfterTheTeardown() throws Exception {
        Checkpoint inTeardown = new Checkpoint();
        AtomicInteger finished = new AtomicInteger();
        AtomicReference<Thread> tearsDown = new AtomicReference<>();
        FopsGate crowded =
                FopsGate.builder("crowded", new FileOperations() {})
                        .onTeardown(
                                () -> {
                                    tearsDown.set(Thread.currentThread());
                                    inTeardown.pass();
                                    finished.incrementAndGet();
                                })
                        .build();
        crowded.beginRemoval();
        List<Callable<?>> forms =
                List.of(
                        crowded::unregisterSync,
                        crowded::awaitRemoval,
                        () -> crowded.awaitRemoval(LONG),
                        crowded::awaitRemovalInterruptibly,
                        () -> crowded.unregisterSync(LONG),
                        () -> crowded.unregisterSync(SelfRemoval.LEAVE_OUT),
                        GateGroup.of(crowded)::unregisterSync);
        CompletableFuture<RemovalOutcome> async = crowded.unregisterAsync();
        List<Background<Integer>> removers = new ArrayList<>();
        for (Callable<?> form : forms) {
            removers.add(
                    Background.start(
                            () -> {
                                form.call();
                                return finished.get();
                            }));
        }
        inTeardown.awaitReached();
        for (Background<Integer> remover : removers) {
            if (remover.thread() != tearsDown.get()) {
                remover.awaitDraining();
            }
            assertFalse(remover.isDone(), "told of a removal that has not finished");
        }
        assertFalse(async.isDone(), "told of a removal that has not finished");
        RemovalOutcome early = crowded.awaitRemoval(SHORTLY);
        assertEquals(Ending.TIMED_OUT, early.ending());
        assertEquals(Verb.TEARDOWN, early.culprits().get(0).verb());
        inTeardown.letGo();
        for (Background<Integer> remover : removers) {
            assertEquals(1, remover.result(), "told of a removal that has not finished");
        }
        get(async);
    }
}
