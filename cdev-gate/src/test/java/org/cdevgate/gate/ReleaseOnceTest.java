package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.junit.jupiter.api.Test;

/** Release and destructor run exactly once, at the last close or at the removal. */
class ReleaseOnceTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private ErrnoException openFails;
    private Runnable inRelease = () -> {};

    private final FopsGate gate =
            FopsGate.builder(
                            "tap",
                            new FileOperations() {
                                @Override
                                public int open(OpenFile file, Call call) throws ErrnoException {
                                    file.setPrivateData("data", d -> events.add("destructor"));
                                    if (openFails != null) {
                                        throw openFails;
                                    }
                                    return 0;
                                }

                                @Override
                                public void release(OpenFile file, Call call) {
                                    assertEquals("data", file.privateData(String.class));
                                    inRelease.run();
                                    events.add("release");
                                }
                            })
                    .onTeardown(() -> events.add("teardown"))
                    .build();

    @Test
    void closedThenRemoved() throws Exception {
        OpenFile file = Answers.open(gate);
        gate.front().close(file);
        assertEquals(List.of("release", "destructor"), events);
        assertTrue(file.isReleased());
        assertNull(file.privateData(Object.class), "freed data can still be reached");
        gate.front().close(file);
        gate.unregisterSync();
        assertEquals(List.of("release", "destructor", "teardown"), events);
    }

    @Test
    void removedThenClosed() throws Exception {
        OpenFile file = Answers.open(gate);
        gate.unregisterSync();
        assertEquals(List.of("release", "destructor", "teardown"), events);
        gate.front().close(file);
        assertEquals(
                List.of("release", "destructor", "teardown"),
                events,
                "the driver's code ran after unregisterSync() had returned");
    }

    @Test
    void closedAndRemovedAtTheSameTime() throws Exception {
        int rounds = 200;
        for (int i = 0; i < rounds; i++) {
            ReleaseOnceTest round = new ReleaseOnceTest();
            OpenFile file = Answers.open(round.gate);
            CyclicBarrier start = new CyclicBarrier(2);
            Background<Void> closer =
                    Background.start(
                            () -> {
                                start.await();
                                round.gate.front().close(file);
                                return null;
                            });
            start.await();
            round.gate.unregisterSync();
            assertEquals(List.of("release", "destructor", "teardown"), List.copyOf(round.events));
            closer.result();
            assertEquals(List.of("release", "destructor", "teardown"), round.events);
        }
    }

    @Test
    void aFailedOpenRunsTheDestructorNotRelease() throws Exception {
        openFails = Errno.EBUSY.exception();
        Answers.assertErrno(Errno.EBUSY, () -> Answers.open(gate), "another errno");
        assertEquals(List.of("destructor"), events, "a second opener would be released, or leak");
        assertTrue(gate.openFiles().isEmpty());
        gate.unregisterSync();
        assertEquals(List.of("destructor", "teardown"), events);
    }

    @Test
    void aLoserWaitsForARunningRelease() throws Exception {
        Checkpoint releasing = new Checkpoint();
        inRelease = releasing::pass;
        OpenFile file = Answers.open(gate);
        Background<List<String>> winner = Background.start(() -> closeAndLook(file));
        releasing.awaitReached();
        Background<List<String>> loser = Background.start(() -> closeAndLook(file));
        loser.awaitDraining();
        assertFalse(loser.isDone(), "close(2) came back while the device was still in use");
        assertEquals(List.of(), events);
        releasing.letGo();
        assertEquals(List.of("release", "destructor"), loser.result());
        assertEquals(List.of("release", "destructor"), winner.result());
        gate.unregisterSync();
    }

    private List<String> closeAndLook(OpenFile file) {
        gate.front().close(file);
        return List.copyOf(events);
    }

    @Test
    void aCloseWaitsForTheReleaseThatTheRemoverRuns() throws Exception {
        Checkpoint releasing = new Checkpoint();
        inRelease = releasing::pass;
        OpenFile file = Answers.open(gate);
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        releasing.awaitReached();
        Background<List<String>> closer = Background.start(() -> closeAndLook(file));
        closer.awaitDraining();
        assertFalse(closer.isDone());
        releasing.letGo();
        assertTrue(closer.result().containsAll(List.of("release", "destructor")));
        assertTrue(remover.result());
    }

    @Test
    void aCloseDuringTheDrainDoesNotWaitForOtherCalls() throws Exception {
        OpenFile file = Answers.open(gate);
        long ticket = gate.enter();
        gate.beginRemoval();
        Background<List<String>> closer = Background.start(() -> closeAndLook(file));
        assertEquals(List.of(), closer.result(), "close(2) hangs behind somebody else's call");
        gate.exit(ticket);
        assertTrue(gate.awaitRemoval());
        assertEquals(List.of("release", "destructor", "teardown"), events);
    }

    @Test
    void aReleaseThatClosesItsOwnFileDoesNotWaitForItself() throws Exception {
        OpenFile file = Answers.open(gate);
        inRelease = () -> gate.front().close(file);
        Background<List<String>> closer = Background.start(() -> closeAndLook(file));
        assertEquals(List.of("release", "destructor"), closer.result());
        OpenFile other = Answers.open(gate);
        inRelease = () -> gate.front().close(other);
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        assertTrue(remover.result());
    }

    @Test
    void privateDataIsSetOnce() throws Exception {
        OpenFile file = Answers.open(gate);
        assertThrows(
                IllegalStateException.class,
                () -> file.setPrivateData("again"),
                "the first destructor would be forgotten");
        assertEquals("data", file.privateData(String.class));
        gate.front().close(file);
        assertThrows(
                IllegalStateException.class,
                () -> file.setPrivateData("too late", d -> events.add("never")),
                "nobody would run this destructor");
        gate.unregisterSync();
    }

    @Test
    void privateDataCannotBeSetWhileItIsReleased() throws Exception {
        FopsGate bare =
                Releasing.gate(
                        "bare",
                        (file, call) -> {
                            assertThrows(
                                    IllegalStateException.class,
                                    () -> file.setPrivateData("too late"));
                            events.add("refused");
                        });
        OpenFile file = Answers.open(bare);
        bare.front().close(file);
        assertEquals(List.of("refused"), events);
        bare.unregisterSync();
        gate.unregisterSync();
    }

    /**
     * Two that come within the few nanoseconds of the claim, in some round. Where two processors
     * are not to be had they meet seldom, so the rounds end after a while.
     */
    @Test
    void oneOfTwoClaimsTheRelease() throws Exception {
        int rounds = 20_000;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        List<OpenFile> files = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            files.add(Answers.open(gate));
        }
        AtomicIntegerArray claims = new AtomicIntegerArray(rounds);
        AtomicInteger arrived = new AtomicInteger();
        Callable<Void> closer =
                () -> {
                    for (int i = 0; i < rounds && System.nanoTime() < end; i++) {
                        arrived.incrementAndGet();
                        while (arrived.get() < 2 * (i + 1) && System.nanoTime() < end) {
                            Thread.onSpinWait();
                        }
                        if (files.get(i).claimRelease() == OpenFile.Claim.RELEASE) {
                            claims.incrementAndGet(i);
                        }
                    }
                    return null;
                };
        Background<Void> other = Background.start(closer);
        closer.call();
        other.result();
        for (int i = 0; i < arrived.get() / 2; i++) {
            assertEquals(1, claims.get(i), "nobody would release file " + i + ", or two would");
        }
    }
}
