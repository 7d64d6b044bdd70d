package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.junit.jupiter.api.Test;

/** What a gate counts is exact when no call is in flight. */
class CountersTest {
    private final FopsGate gate = Reading.gate("counted", (file, call) -> 1);
    private final FopsGate other = Reading.gate("other", (file, call) -> 2);

    private void assertCounted(FopsGate counted, Verb verb, long calls) {
        assertEquals(calls, counted.counters().calls(verb), () -> verb + " of " + counted);
    }

    @Test
    void eachVerbIsCountedForItself() throws Exception {
        OpenFile file = Answers.open(gate);
        for (int i = 0; i < 3; i++) {
            assertEquals(1, Answers.read(file));
        }
        assertEquals(0, gate.front().flush(file, Answers.LOCAL));
        gate.front().poll(file, Answers.LOCAL, null);
        Answers.assertErrno(
                Errno.EINVAL,
                () -> gate.front().fsync(file, true, Answers.LOCAL),
                "another answer");
        gate.exit(gate.enter());
        gate.front().close(file);
        GateCounters counters = gate.counters();
        assertEquals(1, counters.calls(Verb.OPEN));
        assertEquals(3, counters.calls(Verb.READ));
        assertEquals(1, counters.calls(Verb.FLUSH));
        assertEquals(1, counters.calls(Verb.POLL));
        assertEquals(1, counters.calls(Verb.FSYNC), "a call that failed is a call");
        assertEquals(1, counters.calls(Verb.ENTERED));
        assertEquals(1, counters.calls(Verb.RELEASE));
        assertEquals(0, counters.calls(Verb.WRITE));
        assertEquals(9, counters.calls());
        assertEquals(0, counters.openFiles());
        assertEquals(0, counters.refused());
        assertTrue(counters.toString().contains("read 3"), counters::toString);
    }

    @Test
    void refusedCallsAreCountedAsSuchAndNotAsCalls() throws Exception {
        OpenFile file = Answers.open(gate);
        long outer = gate.enter();
        gate.beginRemoval();
        for (int i = 0; i < 3; i++) {
            Answers.assertErrno(Errno.ENODEV, gate::enter, "alive");
            Answers.assertErrno(Errno.ENODEV, () -> Answers.read(file), "alive");
        }
        gate.exit(outer);
        assertEquals(6, gate.counters().refused());
        assertCounted(gate, Verb.READ, 0);
        assertCounted(gate, Verb.ENTERED, 1);
        assertTrue(gate.awaitRemoval());
        assertEquals(0, gate.counters().openFiles());
    }

    @Test
    void aCloseIsNeverCountedAsRefused() throws Exception {
        OpenFile file = Answers.open(gate);
        long outer = gate.enter();
        gate.beginRemoval();
        gate.front().close(file);
        gate.exit(outer);
        assertTrue(gate.awaitRemoval());
        assertEquals(0, gate.counters().refused(), "nobody was told of a removal");
    }

    @Test
    void gatesThatAlternateOnOneThreadAreCountedEach() throws Exception {
        OpenFile file = Answers.open(gate);
        OpenFile otherFile = Answers.open(other);
        for (int i = 0; i < 1_000; i++) {
            gate.exit(gate.enter());
            assertEquals(2, Answers.read(otherFile));
            long outer = other.enter();
            assertEquals(1, Answers.read(file));
            long inner = gate.enter();
            gate.exit(inner);
            other.exit(outer);
        }
        assertCounted(gate, Verb.ENTERED, 2_000);
        assertCounted(gate, Verb.READ, 1_000);
        assertCounted(other, Verb.ENTERED, 1_000);
        assertCounted(other, Verb.READ, 1_000);
    }

    @Test
    void callsThatLeaveInAnyOrderAreCounted() throws Exception {
        for (int i = 0; i < 100; i++) {
            long first = gate.enter();
            long second = other.enter();
            long third = gate.enter();
            gate.exit(first);
            long fourth = other.enter();
            other.exit(second);
            gate.exit(third);
            other.exit(fourth);
        }
        assertCounted(gate, Verb.ENTERED, 200);
        assertCounted(other, Verb.ENTERED, 200);
    }

    @Test
    void manyThreadsThatDieAreCounted() throws Exception {
        OpenFile file = Answers.open(gate);
        int threads = 200;
        for (int i = 0; i < threads; i++) {
            List<Background<Integer>> some = new ArrayList<>();
            for (int each = 0; each < 2; each++) {
                some.add(
                        Background.start(
                                () -> {
                                    for (int n = 0; n < 10; n++) {
                                        gate.exit(gate.enter());
                                        other.exit(other.enter());
                                        Answers.read(file);
                                    }
                                    return 0;
                                }));
            }
            for (Background<Integer> each : some) {
                each.result();
            }
            if (i % 20 == 0) {
                System.gc(); // so that records go to other threads
            }
        }
        assertCounted(gate, Verb.ENTERED, threads * 20L);
        assertCounted(gate, Verb.READ, threads * 20L);
        assertCounted(other, Verb.ENTERED, threads * 20L);
    }

    @Test
    void atOffNothingIsCounted() throws Exception {
        OpenFile file = Answers.open(gate);
        gate.exit(gate.enter());
        gate.diagnostics(DiagnosticLevel.OFF);
        for (int i = 0; i < 10; i++) {
            gate.exit(gate.enter());
            assertEquals(1, Answers.read(file));
        }
        assertCounted(gate, Verb.ENTERED, 1);
        assertCounted(gate, Verb.READ, 0);
        for (DiagnosticLevel level :
                List.of(DiagnosticLevel.COUNT, DiagnosticLevel.SAMPLED, DiagnosticLevel.FULL)) {
            gate.diagnostics(level);
            gate.exit(gate.enter());
            assertEquals(1, Answers.read(file));
        }
        assertCounted(gate, Verb.ENTERED, 4);
        assertCounted(gate, Verb.READ, 3);
    }

    @Test
    void holdsAndTheRemovalsOwnStepsAreCounted() throws Exception {
        FopsGate removed =
                FopsGate.builder("removed", new FileOperations() {}).onTeardown(() -> {}).build();
        Answers.open(removed);
        Answers.open(removed);
        Hold hold = removed.hold("timer");
        hold.run(() -> {});
        hold.run(() -> {});
        hold.release();
        assertEquals(2, removed.counters().openFiles());
        assertTrue(removed.unregisterSync());
        assertCounted(removed, Verb.OPEN, 2);
        assertCounted(removed, Verb.HOLD, 2);
        assertCounted(removed, Verb.RELEASE, 2);
        assertCounted(removed, Verb.TEARDOWN, 1);
        assertCounted(removed, Verb.ENTERED, 0);
    }

    @Test
    void wakeUpsAreCounted() throws Exception {
        WaitQueue queue = new WaitQueue("data");
        FopsGate polled =
                Reading.gate(
                        "polled",
                        (file, call) -> {
                            call.await(queue, () -> queue.sleepers() == 0);
                            return 1;
                        });
        OpenFile file = Answers.open(polled);
        assertEquals(1, Answers.read(file));
        long before = polled.counters().wakeUps();
        queue.wakeUp(); // nobody has slept here yet
        assertEquals(before, polled.counters().wakeUps());
        assertTrue(polled.unregisterSync());
    }
}
