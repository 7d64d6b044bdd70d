package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/** Many threads, platform and virtual, that come and go. */
class ThreadsTest {
    private final WaitQueue readable = new WaitQueue("readable");
    private final AtomicBoolean freed = new AtomicBoolean();
    private final AtomicInteger usedAfterFree = new AtomicInteger();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger sleepers = new AtomicInteger();

    /** Every tenth read sleeps; all check that the device is still there. */
    private final FopsGate gate =
            Reading.builder(
                            "crowd",
                            (file, call) -> {
                                inside.incrementAndGet();
                                try {
                                    if (sleepers.incrementAndGet() % 10 == 0) {
                                        call.await(readable, () -> false);
                                    }
                                    LockSupport.parkNanos(1); // lets others run meanwhile
                                    return 0;
                                } finally {
                                    inside.decrementAndGet();
                                    if (freed.get()) {
                                        usedAfterFree.incrementAndGet();
                                    }
                                }
                            })
                    .onTeardown(() -> freed.set(true))
                    .build();

    @Test
    void tenThousandVirtualThreadsAndARemovalAmongThem() throws Exception {
        Method startVirtual = startVirtualThread();
        assumeTrue(startVirtual != null, "this JDK has no virtual threads");
        OpenFile file = Answers.open(gate);
        AtomicInteger answered = new AtomicInteger();
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        int recordsBefore = CallRecordProbe.records();
        List<Thread> threads = new ArrayList<>();
        int half = 5_000;
        Background<Boolean> remover = null;
        for (int i = 0; i < 2 * half; i++) {
            if (i == half) {
                remover = Background.start(gate::unregisterSync);
            }
            Runnable body =
                    () -> {
                        try {
                            Answers.read(file);
                            answered.incrementAndGet();
                        } catch (ErrnoException e) {
                            if (e.errno() == Errno.ENODEV.number()) {
                                answered.incrementAndGet();
                            } else {
                                wrong.set(e);
                            }
                        } catch (Throwable e) {
                            wrong.set(e);
                        }
                    };
            threads.add((Thread) startVirtual.invoke(null, body));
        }
        assertTrue(remover.result(), "the removal hangs among virtual threads");
        assertEquals(0, inside.get(), "somebody is in the driver after unregisterSync()");
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(Eventually.SECONDS));
            assertFalse(thread.isAlive(), "a virtual thread sleeps for ever");
        }
        assertEquals(null, wrong.get());
        assertEquals(2 * half, answered.get());
        assertEquals(0, usedAfterFree.get(), "the freed device was used");
        assertTrue(
                CallRecordProbe.records() - recordsBefore < half,
                "one record for each virtual thread ever started: a leak");
    }

    @Test
    void aHundredThousandVirtualThreadsAsleepInsideAndARemovalAmongThem() throws Exception {
        Method startVirtual = startVirtualThread();
        assumeTrue(startVirtual != null, "this JDK has no virtual threads");
        int many = 100_000;
        AtomicInteger removed = new AtomicInteger();
        AtomicInteger wrong = new AtomicInteger();
        FopsGate crowded =
                Reading.builder(
                                "crowded",
                                (file, call) -> {
                                    inside.incrementAndGet();
                                    try {
                                        call.await(readable, () -> false);
                                        return 0;
                                    } finally {
                                        inside.decrementAndGet();
                                    }
                                })
                        .onTeardown(() -> wrong.addAndGet(inside.get()))
                        .build();
        OpenFile file = Answers.open(crowded);
        Runnable body =
                () -> {
                    try {
                        Answers.read(file);
                        wrong.incrementAndGet();
                    } catch (ErrnoException e) {
                        removed.incrementAndGet();
                    }
                };
        List<Thread> threads = new ArrayList<>(many);
        for (int i = 0; i < many; i++) {
            threads.add((Thread) startVirtual.invoke(null, body));
        }
        Eventually.asleep(readable, many);
        Background<Boolean> remover = Background.start(crowded::unregisterSync);
        assertTrue(remover.result(), "the removal hangs among virtual threads");
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(Eventually.SECONDS));
            assertFalse(thread.isAlive(), "a virtual thread sleeps for ever");
        }
        assertEquals(0, wrong.get(), "freed under a sleeper, or a sleeper got data");
        assertEquals(many, removed.get());
        assertEquals(
                many, crowded.counters().calls(Verb.READ), "calls counted twice or not at all");
        Eventually.until(
                "the records of the virtual threads to be given up",
                () -> CallRecordProbe.records() < 3_000);
        gate.unregisterSync();
    }

    @Test
    void aVirtualThreadGivesItsRecordBackInWhateverOrderItsCallsLeave() throws Exception {
        Method startVirtual = startVirtualThread();
        assumeTrue(startVirtual != null, "this JDK has no virtual threads");
        AtomicBoolean givenBack = new AtomicBoolean();
        Runnable body =
                () -> {
                    try {
                        long first = gate.enter();
                        long second = gate.enter();
                        gate.exit(first);
                        long third = gate.enter();
                        gate.exit(second);
                        gate.exit(third);
                        givenBack.set(CallRecords.currentOrNull() == null);
                    } catch (ErrnoException e) {
                        throw new AssertionError(e);
                    }
                };
        Thread thread = (Thread) startVirtual.invoke(null, body);
        thread.join(TimeUnit.SECONDS.toMillis(Eventually.SECONDS));
        assertTrue(givenBack.get(), "a record for each virtual thread, until it is collected");
        assertEquals(3, gate.counters().calls(Verb.ENTERED));
        gate.unregisterSync();
    }

    @Test
    void aVirtualThreadMayRemoveADeviceWithOpenFiles() throws Exception {
        Method startVirtual = startVirtualThread();
        assumeTrue(startVirtual != null, "this JDK has no virtual threads");
        AtomicReference<FopsGate> self = new AtomicReference<>();
        AtomicBoolean toldInTeardown = new AtomicBoolean();
        FopsGate removed =
                FopsGate.builder("removed", new FileOperations() {})
                        .onTeardown(
                                () -> {
                                    // Refused; without that the remover would wait for itself.
                                    assertThrows(
                                            SelfRemovalException.class, self.get()::unregisterSync);
                                    toldInTeardown.set(true);
                                })
                        .build();
        self.set(removed);
        Answers.open(removed);
        Answers.open(removed);
        Runnable body = removed::unregisterSync;
        Thread remover = (Thread) startVirtual.invoke(null, body);
        remover.join(TimeUnit.SECONDS.toMillis(Eventually.SECONDS));
        assertFalse(remover.isAlive(), "the removal hangs");
        assertTrue(toldInTeardown.get(), "the teardown did not run to its end");
        gate.unregisterSync();
    }

    @Test
    void aRemovalOnAVirtualThreadLeavesTheCallsOfOthersCounted() throws Exception {
        Method startVirtual = startVirtualThread();
        assumeTrue(startVirtual != null, "this JDK has no virtual threads");
        FopsGate busy = FopsGate.of("busy", new FileOperations() {});
        // More threads than there are records, so that each record is in use, the one included that
        // the remover has given back if it has.
        int callers = CallRecordProbe.records() + 1;
        AtomicInteger entered = new AtomicInteger();
        CountDownLatch leave = new CountDownLatch(1);
        Runnable body =
                () -> {
                    try {
                        long ticket = busy.enter();
                        entered.incrementAndGet();
                        leave.await();
                        busy.exit(ticket);
                    } catch (ErrnoException | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                };
        List<Thread> threads = new ArrayList<>();
        FopsGate removed =
                FopsGate.builder("removed", new FileOperations() {})
                        .onTeardown(
                                () -> {
                                    for (int i = 0; i < callers; i++) {
                                        threads.add((Thread) startVirtual.invoke(null, body));
                                    }
                                    Eventually.until(
                                            "all callers to be inside",
                                            () -> entered.get() == callers);
                                })
                        .build();
        Answers.open(removed);
        Runnable removal = removed::unregisterSync;
        Thread remover = (Thread) startVirtual.invoke(null, removal);
        remover.join(TimeUnit.SECONDS.toMillis(Eventually.SECONDS));
        assertFalse(remover.isAlive(), "the removal hangs");
        int counted = busy.callsInFlight().size();
        leave.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(callers, counted, "a call of another device is not waited for any more");
        assertTrue(busy.unregisterSync());
        gate.unregisterSync();
    }

    private static Method startVirtualThread() {
        try {
            Method method = Thread.class.getMethod("startVirtualThread", Runnable.class);
            method.invoke(null, (Runnable) () -> {});
            return method;
        } catch (ReflectiveOperationException | UnsupportedOperationException e) {
            return null; // none before 21, a preview in 19 and 20
        }
    }

    @Test
    void platformThreadsThatComeAndGoWithARemovalAmongThem() throws Exception {
        OpenFile file = Answers.open(gate);
        List<Background<String>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(
                    Background.start(
                            () -> {
                                for (int reads = 0; reads < 100; reads++) {
                                    try {
                                        Answers.read(file);
                                    } catch (ErrnoException e) {
                                        return Errno.describe(e.errno());
                                    }
                                }
                                return "all read";
                            }));
            if (i == 50) {
                assertTrue(gate.unregisterSync());
                assertEquals(0, inside.get(), "somebody is in the driver after unregisterSync()");
            }
        }
        for (Background<String> call : calls) {
            String answer = call.result();
            assertTrue(answer.equals("ENODEV") || answer.equals("all read"), answer);
        }
        assertEquals(0, usedAfterFree.get(), "the freed device was used");
    }

    @Test
    void theRecordsOfDeadThreadsAreUsedAgain() throws Exception {
        for (int i = 0; i < 20; i++) {
            enterOnce();
        }
        int before = CallRecordProbe.records();
        Eventually.until(
                "a new thread to take over a dead one's record",
                () -> {
                    System.gc();
                    int records = CallRecordProbe.records();
                    enterOnce();
                    return CallRecordProbe.records() == records;
                });
        assertTrue(CallRecordProbe.records() < before + 1_000);
        gate.unregisterSync();
    }

    @Test
    void theRecordsOfDeadThreadsThatSleptAreUsedAgain() throws Exception {
        FopsGate other =
                Reading.gate(
                        "other",
                        (file, call) -> {
                            call.await(readable, () -> false, 1, TimeUnit.MICROSECONDS);
                            return 1;
                        });
        OpenFile file = Answers.open(other);
        Eventually.until(
                "a new thread to take over a dead one's record",
                () -> {
                    System.gc();
                    int records = CallRecordProbe.records();
                    Background.start(() -> Answers.read(file)).result();
                    return CallRecordProbe.records() == records;
                });
        int before = CallRecordProbe.records();
        for (int i = 0; i < 500; i++) {
            Background.start(() -> Answers.read(file)).result();
            if (i % 100 == 0) {
                System.gc();
            }
        }
        Eventually.until(
                "the dead threads to be collected",
                () -> {
                    System.gc();
                    int records = CallRecordProbe.records();
                    for (int i = 0; i < 20; i++) {
                        Background.start(() -> Answers.read(file)).result();
                    }
                    return CallRecordProbe.records() == records;
                });
        assertTrue(
                CallRecordProbe.records() - before < 400,
                "one record for each thread that ever slept: a leak");
        assertTrue(other.unregisterSync());
        gate.unregisterSync();
    }

    private void enterOnce() throws Exception {
        Background<Void> thread =
                Background.start(
                        () -> {
                            gate.exit(gate.enter());
                            return null;
                        });
        thread.result();
    }
}
