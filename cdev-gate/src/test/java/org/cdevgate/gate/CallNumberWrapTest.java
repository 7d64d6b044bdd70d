package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.accounting.LeftOutCalls;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/** A thread's 2^28th call, after a few seconds in a tight loop, is like any other. */
class CallNumberWrapTest {
    private static final long WRAP = 1L << 30;
    private static final long NEXT = 4; // the step from one number to the next

    private final FopsGate gate = Reading.gate("odometer", (file, call) -> 1);

    /** As if this thread's outermost frame, which has no call now, had served so many more. */
    private static void skipTo(long number) throws Exception {
        Frame frame = Frame.current();
        Field published = field("published");
        Field base = field("base");
        long more = number - (published.getLong(frame) & (WRAP - NEXT));
        published.setLong(frame, published.getLong(frame) + more);
        base.setLong(frame, base.getLong(frame) + more);
    }

    private static Field field(String name) throws Exception {
        Field field = CallFrame.class.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    private static <T> T onAThreadOfItsOwn(java.util.concurrent.Callable<T> work) throws Exception {
        return Background.start(work).result();
    }

    @Test
    void enterAndExitGoOnAcrossTheWrap() throws Exception {
        Set<Long> tickets =
                onAThreadOfItsOwn(
                        () -> {
                            Set<Long> seen = new HashSet<>();
                            gate.exit(gate.enter());
                            skipTo(WRAP - 3 * NEXT);
                            for (int i = 0; i < 8; i++) {
                                long ticket = gate.enter();
                                assertTrue(seen.add(ticket), "two calls with one ticket");
                                assertNotEquals(0, ticket);
                                assertEquals(1, gate.callsInFlight().size(), "not counted");
                                assertThrows(
                                        SelfRemovalException.class, gate::unregisterSync, "missed");
                                gate.exit(ticket);
                                assertThrows(
                                        IllegalStateException.class,
                                        () -> gate.exit(ticket),
                                        "left twice");
                                assertEquals(0, gate.callsInFlight().size());
                            }
                            return seen;
                        });
        assertEquals(8, tickets.size());
        assertEquals(9, gate.counters().calls(Verb.ENTERED), "calls counted twice or not at all");
        assertTrue(gate.unregisterSync());
    }

    @Test
    void verbsAndNestedCallsGoOnAcrossTheWrap() throws Exception {
        OpenFile file = Answers.open(gate);
        Integer sum =
                onAThreadOfItsOwn(
                        () -> {
                            assertEquals(1, Answers.read(file));
                            skipTo(WRAP - 3 * NEXT);
                            int read = 0;
                            for (int i = 0; i < 8; i++) {
                                long outer = gate.enter();
                                read += Answers.read(file);
                                gate.exit(outer);
                                read += Answers.read(file);
                            }
                            return read;
                        });
        assertEquals(16, sum);
        assertEquals(17, gate.counters().calls(Verb.READ));
        assertEquals(8, gate.counters().calls(Verb.ENTERED));
        assertEquals(1, gate.counters().calls(Verb.OPEN));
        assertEquals(26, gate.counters().calls());
        assertTrue(gate.unregisterSync());
    }

    @Test
    void theGatesMayChangeAtTheWrap() throws Exception {
        FopsGate other = FopsGate.of("other", new FileOperations() {});
        onAThreadOfItsOwn(
                () -> {
                    gate.exit(gate.enter());
                    skipTo(WRAP - 3 * NEXT);
                    for (int i = 0; i < 8; i++) {
                        gate.exit(gate.enter());
                        other.exit(other.enter());
                    }
                    return null;
                });
        assertEquals(9, gate.counters().calls());
        assertEquals(8, other.counters().calls());
        assertTrue(GateGroup.of(gate, other).unregisterSync());
    }

    /** Numbers come again, 2^28 calls later. */
    @Test
    void aCallThatGetsTheNumberOfOneLeftOutIsWaitedFor() throws Exception {
        FopsGate next = FopsGate.of("next", new FileOperations() {});
        int waitedFor =
                onAThreadOfItsOwn(
                        () -> {
                            gate.exit(gate.enter());
                            skipTo(8 * NEXT);
                            long ticket = gate.enter();
                            assertTrue(gate.unregisterSync(SelfRemoval.LEAVE_OUT));
                            gate.exit(ticket);
                            next.exit(next.enter());
                            skipTo(WRAP - NEXT);
                            next.exit(next.enter()); // has the WRAP bit
                            next.exit(next.enter());
                            skipTo(8 * NEXT);
                            long again = next.enter();
                            assertEquals(ticket, again, "the test misses the number");
                            int culprits = next.report().culprits().size();
                            next.exit(again);
                            return culprits;
                        });
        assertEquals(1, waitedFor, "the device is freed under a call");
        assertTrue(next.unregisterSync());
    }

    /** After the flag the library's own calls still come, and more of other devices than that. */
    @Test
    void aPartOfAHoldThatGetsTheNumberOfACallLeftOutIsSeen() throws Exception {
        FopsGate other = FopsGate.of("other", new FileOperations() {});
        Hold hold = gate.hold("transfer");
        int inFlight =
                onAThreadOfItsOwn(
                        () -> {
                            gate.exit(gate.enter());
                            skipTo(8 * NEXT);
                            long ticket = gate.enter();
                            gate.beginRemoval();
                            LeftOutCalls.of(CallRecords.current(), List.of(gate.ref())).leaveOut();
                            assertEquals(1, gate.callsInFlight().size(), "more than the hold");
                            gate.exit(ticket);
                            other.exit(other.enter());
                            skipTo(WRAP - NEXT);
                            other.exit(other.enter()); // has the WRAP bit
                            other.exit(other.enter());
                            skipTo(8 * NEXT);
                            int[] seen = new int[1];
                            hold.run(
                                    () -> {
                                        long again = CallRecords.currentFrame().ticket();
                                        assertEquals(ticket, again, "the test misses the number");
                                        seen[0] = gate.callsInFlight().size();
                                    });
                            return seen[0];
                        });
        assertEquals(2, inFlight, "its sleeps would go on, for the removal does not see it");
        hold.close();
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void aCallLeftOutAtTheWrapIsLeftOut() throws Exception {
        boolean removed =
                onAThreadOfItsOwn(
                        () -> {
                            gate.exit(gate.enter());
                            skipTo(WRAP - NEXT);
                            long ticket = gate.enter(); // has the WRAP bit
                            assertTrue(gate.unregisterSync(SelfRemoval.LEAVE_OUT));
                            gate.exit(ticket);
                            return gate.isRemoved();
                        });
        assertTrue(removed);
    }
}
