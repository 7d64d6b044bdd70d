package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.junit.jupiter.api.Test;

/** A wrong exit is an error that counts nothing; nested and unordered ones are exact. */
class TicketTest {
    private final FopsGate gate = FopsGate.of("turnstile", new FileOperations() {});

    private void assertInside(int calls) {
        assertEquals(calls, gate.callsInFlight().size(), "the accounting changed");
    }

    /** With that many calls in flight here, another thread cannot remove; without, it can. */
    private void assertRemovable() throws Exception {
        assertInside(0);
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        assertTrue(remover.result(), "the removal hangs on a call that has left");
    }

    @Test
    void aDoubleExitIsAnErrorAndLeavesTheOtherCallCounted() throws Exception {
        long outer = gate.enter();
        long inner = gate.enter();
        gate.exit(inner);
        assertThrows(IllegalStateException.class, () -> gate.exit(inner));
        assertInside(1);
        gate.exit(outer);
        assertThrows(IllegalStateException.class, () -> gate.exit(outer));
        assertRemovable();
    }

    @Test
    void anExitOnAnotherThreadIsAnError() throws Exception {
        long ticket = gate.enter();
        Background<Void> thief =
                Background.start(
                        () -> {
                            gate.exit(ticket);
                            return null;
                        });
        assertTrue(thief.failure() instanceof IllegalStateException);
        Background<Void> insideThief =
                Background.start(
                        () -> {
                            long own = gate.enter();
                            try {
                                gate.exit(ticket);
                            } finally {
                                gate.exit(own);
                            }
                            return null;
                        });
        assertTrue(insideThief.failure() instanceof IllegalStateException);
        assertInside(1);
        gate.exit(ticket);
        assertRemovable();
    }

    @Test
    void anExitWithATicketOfAnotherGateIsAnError() throws Exception {
        FopsGate other = FopsGate.of("other", new FileOperations() {});
        long ticket = gate.enter();
        long foreign = other.enter();
        assertNotEquals(ticket, foreign);
        assertThrows(IllegalStateException.class, () -> gate.exit(foreign));
        assertThrows(IllegalStateException.class, () -> other.exit(ticket));
        assertInside(1);
        assertEquals(1, other.callsInFlight().size());
        other.exit(foreign);
        gate.exit(ticket);
        assertTrue(other.unregisterSync());
        assertRemovable();
    }

    @Test
    void inventedTicketsAreErrors() throws Exception {
        long ticket = gate.enter();
        for (long invented : new long[] {0, -1, 1, ticket + 1, ticket - 1, Long.MIN_VALUE}) {
            assertThrows(IllegalStateException.class, () -> gate.exit(invented));
        }
        assertNotEquals(0, ticket);
        assertInside(1);
        gate.exit(ticket);
        assertRemovable();
    }

    @Test
    void callsMayLeaveInAnyOrder() throws Exception {
        FopsGate other = FopsGate.of("other", new FileOperations() {});
        long first = gate.enter();
        long second = other.enter();
        long third = gate.enter();
        gate.exit(first);
        assertInside(1);
        other.exit(second);
        assertEquals(0, other.callsInFlight().size());
        long fourth = gate.enter();
        gate.exit(third);
        assertInside(1);
        assertThrows(IllegalStateException.class, () -> gate.exit(first));
        gate.exit(fourth);
        assertThrows(IllegalStateException.class, () -> gate.exit(fourth));
        assertTrue(other.unregisterSync());
        assertRemovable();
    }

    @Test
    void aCallThatOutlivesItsVerbIsWaitedFor() throws Exception {
        AtomicLong ticket = new AtomicLong();
        AtomicInteger tornDown = new AtomicInteger();
        FopsGate leaky =
                Reading.builder(
                                "leaky",
                                (file, call) -> {
                                    ticket.set(call.file().gate().enter());
                                    return 0;
                                })
                        .onTeardown(tornDown::incrementAndGet)
                        .build();
        OpenFile file = Answers.open(leaky);
        assertEquals(0, Answers.read(file));
        long other = leaky.enter(); // the thread goes on using gates meanwhile
        leaky.exit(other);
        leaky.beginRemoval();
        Background<Boolean> shortWait =
                Background.start(() -> leaky.awaitRemoval(Duration.ofMillis(5)).isRemoved());
        assertFalse(shortWait.result(), "what the verb entered is forgotten with the verb");
        leaky.exit(ticket.get());
        assertTrue(leaky.awaitRemoval());
        assertEquals(1, tornDown.get());
        gate.unregisterSync();
    }

    @Test
    void nestedEntersOfDeepAndMixedGatesAreExact() throws Exception {
        FopsGate other = FopsGate.of("other", new FileOperations() {});
        int depth = 100;
        long[] tickets = new long[depth];
        for (int i = 0; i < depth; i++) {
            tickets[i] = (i % 2 == 0 ? gate : other).enter();
        }
        assertInside(depth / 2);
        for (int i = depth - 1; i >= 0; i--) {
            (i % 2 == 0 ? gate : other).exit(tickets[i]);
        }
        assertTrue(other.unregisterSync());
        assertRemovable();
    }

    @Test
    void aNestedEnterAfterTheFlagFailsAtOnceAndTheOuterStaysValid() throws Exception {
        long outer = gate.enter();
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        Eventually.until("the removal to begin", gate::isRemoving);
        assertErrno(
                Errno.ENODEV, gate::enter, "a nested call queues behind the remover: a deadlock");
        assertInside(1);
        assertFalse(remover.isDone(), "the refused call took the outer one's place");
        gate.exit(outer);
        assertTrue(remover.result());
    }

    @Test
    void aVerbMayCallItsOwnGate() throws Exception {
        FopsGate recursive =
                FopsGate.of(
                        "recursive",
                        new FileOperations() {
                            @Override
                            public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                                    throws ErrnoException {
                                int depth = dst.remaining();
                                if (depth == 0) {
                                    return 0;
                                }
                                FopsGate self = file.gate();
                                self.front()
                                        .read(
                                                file,
                                                ByteBuffer.allocate(depth - 1),
                                                0,
                                                Answers.LOCAL);
                                assertFalse(call.isRemoving(), "the outer call is still itself");
                                return depth;
                            }
                        });
        OpenFile file = Answers.open(recursive);
        assertEquals(16, Answers.read(file));
        recursive.unregisterSync();
        gate.unregisterSync();
    }

    @Test
    void aThreadThatDiedInsideIsStillReported() throws Exception {
        startAndForget();
        gate.beginRemoval();
        Eventually.until(
                "the dead thread's object to be collected",
                () -> {
                    System.gc();
                    return CallRecordProbe.hasOwnerlessCallIn(gate);
                });
        RemovalOutcome outcome = gate.awaitRemoval(Duration.ofMillis(1));
        assertFalse(outcome.isRemoved(), "the call never left");
        assertEquals(
                1,
                outcome.culprits().size(),
                "the removal waits for ever, and the report does not say for what");
        assertTrue(
                outcome.toString()
                        .contains(
                                "entered of turnstile, thread test-background, which died inside"),
                outcome::toString);
        assertFalse(outcome.culprits().get(0).isThreadless());
    }

    private void startAndForget() throws Exception {
        Background<Long> died = Background.start(gate::enter);
        died.result();
    }
}
