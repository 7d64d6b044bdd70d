package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;

/** Records whose threads have died, and threads that might take one another's. */
class DeadThreadsTest {
    private static final int PLACES = 1024; // of CallRecords' table
    private static final int MANY = 300; // threads; some more than it keeps records for

    private final FopsGate gate = FopsGate.of("turnstile", new FileOperations() {});

    /** The record of a thread that has died after some work; nobody refers to it any more. */
    private static CallRecord recordOfADead(Callable<?> work) throws Exception {
        return Background.start(
                        () -> {
                            work.call();
                            return CallRecords.current();
                        })
                .result();
    }

    /** Lets the records of the dead be taken back, until one that can be is. */
    private static void awaitReclaimed() throws Exception {
        FopsGate other = FopsGate.of("other", new FileOperations() {});
        CallRecord free =
                recordOfADead(
                        () -> {
                            other.exit(other.enter());
                            return null;
                        });
        CallRecord.Owner dead = free.outermost().owner;
        Eventually.until(
                "the record of a dead thread to be taken back",
                () -> {
                    System.gc();
                    // A thread's first call looks for them.
                    recordOfADead(
                            () -> {
                                other.exit(other.enter());
                                return null;
                            });
                    return free.outermost().owner != dead;
                });
    }

    private void assertStillCounted(CallRecord victim) throws Exception {
        CallRecord.Owner owner = victim.outermost().owner;
        awaitReclaimed();
        awaitReclaimed(); // by now the collector has told of the first one's thread too
        assertEquals(
                owner, victim.outermost().owner, "another thread would do its calls in that frame");
        assertNotSame(CallRecord.NOBODY, victim.outermost().owner, "nobody can tell who is inside");
        assertEquals(1, gate.callsInFlight().size(), "the device is freed under a call");
    }

    @Test
    void theRecordOfAThreadThatDiedInsideIsNotUsedAgain() throws Exception {
        assertStillCounted(recordOfADead(gate::enter));
    }

    @Test
    void noRecordIsUsedAgainInWhichANestedCallIsLeft() throws Exception {
        assertStillCounted(
                recordOfADead(
                        () -> {
                            long outer = gate.enter();
                            gate.enter();
                            gate.exit(outer);
                            return null;
                        }));
    }

    /** More records than are kept for new threads hand their counts over when they go. */
    @Test
    void theCallsOfManyThreadsAreCountedWhenTheirRecordsGo() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        List<Background<Boolean>> callers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            callers.add(
                    Background.start(
                            () -> {
                                gate.exit(gate.enter());
                                return end.await(Eventually.SECONDS, TimeUnit.SECONDS);
                            }));
        }
        Eventually.until("all calls to end", () -> gate.counters().calls(Verb.ENTERED) == MANY);
        end.countDown();
        for (Background<Boolean> caller : callers) {
            assertTrue(caller.result());
        }
        callers.clear();
        awaitReclaimed();
        awaitReclaimed();
        assertEquals(MANY, gate.counters().calls(Verb.ENTERED), "calls of the dead are lost");
        assertTrue(gate.unregisterSync());
    }

    /** Each removal makes threads of its own, and walks the records of all that there were. */
    @Test
    void theThreadsOfARemovalLeaveNoRecordBehind() throws Exception {
        List<FopsGate> known = new ArrayList<>(); // so that the collector takes none of it
        for (int i = 0; i < 20; i++) {
            FopsGate each =
                    FopsGate.builder("churned", new FileOperations() {}).wakeHook(() -> {}).build();
            known.add(each);
            assertTrue(
                    each.unregisterAsync().get(Eventually.SECONDS, TimeUnit.SECONDS).isRemoved());
        }
        Eventually.until(
                "the threads of " + known.size() + " removals to give their records back",
                () -> {
                    for (CallRecord each = CallRecords.head(); each != null; each = each.next()) {
                        if (each.threadName().endsWith("-churned")) {
                            return false;
                        }
                    }
                    return true;
                });
    }

    /** Threads find their frames by their ids, of which many share a place in a table. */
    @Test
    void twoThreadsOfOnePlaceHaveAFrameEach() throws Exception {
        Checkpoint inside = new Checkpoint();
        Background<CallRecord> first =
                Background.start(
                        () -> {
                            long ticket = gate.enter();
                            inside.pass();
                            gate.exit(ticket);
                            return CallRecords.current();
                        });
        inside.awaitReached();
        List<CallRecord> second = new ArrayList<>();
        Thread thread;
        do {
            thread =
                    new Thread(
                            () -> {
                                gate.tryRun(() -> {});
                                second.add(CallRecords.current());
                            });
        } while ((thread.getId() - first.thread().getId()) % PLACES != 0);
        thread.start();
        thread.join();
        inside.letGo();
        assertNotSame(first.result(), second.get(0), "two threads write to one frame");
        assertTrue(gate.unregisterSync());
    }

    @Test
    void aRemovalWaitsForTheCallsOfEveryThread() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger insideAtTheEnd = new AtomicInteger(-1);
        FopsGate busy =
                FopsGate.builder("busy", new FileOperations() {})
                        .onTeardown(() -> insideAtTheEnd.set(inside.get()))
                        .build();
        List<Checkpoint> checkpoints = new ArrayList<>();
        List<Background<Boolean>> callers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Checkpoint checkpoint = new Checkpoint();
            checkpoints.add(checkpoint);
            callers.add(
                    Background.start(
                            () ->
                                    busy.tryRun(
                                            () -> {
                                                inside.incrementAndGet();
                                                checkpoint.pass();
                                                inside.decrementAndGet();
                                            })));
            checkpoint.awaitReached();
        }
        Background<Boolean> remover = Background.start(busy::unregisterSync);
        for (int i = 2; i >= 0; i--) { // the youngest first, whose record is the first of all
            remover.awaitDraining();
            assertFalse(busy.isRemoved());
            checkpoints.get(i).letGo();
            assertTrue(callers.get(i).result());
        }
        assertTrue(remover.result());
        assertEquals(0, insideAtTheEnd.get(), "torn down under a call");
    }
}
