package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/** A thread that removes a device for a call of another thread, which waits for it meanwhile. */
class TicketOfCallTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private FopsGate gate;

    private GateBuilder builder(FileOperations driver) {
        return FopsGate.builder("self", driver).onTeardown(() -> events.add("teardown"));
    }

    private void make(FileOperations driver) {
        gate = builder(driver).build();
    }

    private void make(Reading driver) {
        gate = builder(driver).build();
    }

    /** Has another thread remove a device for this one's call, and waits. */
    private static boolean delegate(FopsGate removed, SelfRemoval choice, long ticket) {
        try {
            return Background.start(() -> removed.unregisterSync(choice, ticket)).result();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void assertRefused(FopsGate removed, SelfRemoval choice, long ticket) {
        try {
            Throwable refused =
                    Background.start(() -> removed.unregisterSync(choice, ticket)).failure();
            assertEquals(SelfRemovalException.class, refused.getClass(), refused::toString);
            assertTrue(
                    refused.getMessage().contains("ticket"),
                    () -> "it is not said for whom: " + refused.getMessage());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Background<Integer> read() throws Exception {
        OpenFile file = Answers.open(gate);
        return Background.start(() -> Answers.read(file));
    }

    @Test
    void refuseNamesTheCallAndDoesNothing() throws Exception {
        make(
                (file, call) -> {
                    assertRefused(gate, SelfRemoval.REFUSE, call.ticketOfCall());
                    return 1;
                });
        assertEquals(1, read().result(), "the call and the remover wait for each other");
        assertFalse(gate.isRemoving());
        assertTrue(gate.unregisterSync());
    }

    @Test
    void deferFinishesAfterTheCall() throws Exception {
        make(
                (file, call) -> {
                    assertFalse(delegate(gate, SelfRemoval.DEFER, call.ticketOfCall()));
                    assertTrue(call.isRemoving());
                    events.add("rest of the call");
                    return 1;
                });
        assertEquals(1, read().result());
        Eventually.until("the deferred removal to finish", gate::isRemoved);
        assertEquals(List.of("rest of the call", "teardown"), events);
    }

    @Test
    void leaveOutRemovesNow() throws Exception {
        make(
                (file, call) -> {
                    assertTrue(delegate(gate, SelfRemoval.LEAVE_OUT, call.ticketOfCall()));
                    events.add("rest of the call");
                    return 1;
                });
        assertEquals(1, read().result());
        assertEquals(List.of("teardown", "rest of the call"), events);
        assertEquals(List.of(), gate.callsInFlight());
    }

    @Test
    void aTicketOfEnterNamesItsCallToo() throws Exception {
        make(new FileOperations() {});
        long ticket = gate.enter();
        assertRefused(gate, SelfRemoval.REFUSE, ticket);
        assertTrue(delegate(gate, SelfRemoval.LEAVE_OUT, ticket));
        gate.exit(ticket);
        assertEquals(List.of("teardown"), events);
    }

    @Test
    void aTicketWhoseCallHasEndedMakesNoDifference() throws Exception {
        make(new FileOperations() {});
        long ticket = gate.enter();
        gate.exit(ticket);
        assertTrue(delegate(gate, SelfRemoval.REFUSE, ticket));
    }

    @Test
    void exitTakesNoTicketOfAVerb() throws Exception {
        make(
                (file, call) -> {
                    long ticket = call.ticketOfCall();
                    assertThrows(
                            IllegalStateException.class,
                            () -> gate.exit(ticket),
                            "the verb runs on, and nobody waits for it");
                    assertEquals(1, gate.callsInFlight().size());
                    return 1;
                });
        assertEquals(1, read().result());
        assertTrue(gate.unregisterSync());
    }

    @Test
    void exitTakesNoTicketOfAVerbHoweverDeepItIs() throws Exception {
        make(
                (file, call) -> {
                    long ticket = call.ticketOfCall();
                    assertThrows(IllegalStateException.class, () -> gate.exit(ticket));
                    return 1;
                });
        OpenFile file = Answers.open(gate);
        Background<Integer> deep =
                Background.start(
                        () -> {
                            long[] tickets = new long[2_050];
                            for (int i = 0; i < tickets.length; i++) {
                                tickets[i] = gate.enter();
                            }
                            int result = Answers.read(file);
                            for (int i = tickets.length - 1; i >= 0; i--) {
                                gate.exit(tickets[i]);
                            }
                            return result;
                        });
        assertEquals(1, deep.result());
        assertTrue(gate.unregisterSync());
    }

    @Test
    void theOtherCallsOfItsThreadAreLeftOutToo() throws Exception {
        make(
                (file, call) -> {
                    long inner = gate.enter();
                    assertTrue(delegate(gate, SelfRemoval.LEAVE_OUT, inner));
                    gate.exit(inner);
                    events.add("rest of the call");
                    return 1;
                });
        assertEquals(1, read().result(), "the outer call and the remover wait for each other");
        assertEquals(List.of("teardown", "rest of the call"), events);
    }

    @Test
    void aTicketOfAChildCountsForTheParent() throws Exception {
        FopsGate parent = FopsGate.of("parent", new FileOperations() {});
        gate =
                builder(
                                (Reading)
                                        (file, call) -> {
                                            long ticket = call.ticketOfCall();
                                            assertRefused(parent, SelfRemoval.REFUSE, ticket);
                                            assertFalse(parent.isRemoving());
                                            assertTrue(
                                                    delegate(
                                                            parent, SelfRemoval.LEAVE_OUT, ticket));
                                            events.add("rest of the call");
                                            return 1;
                                        })
                        .parent(parent)
                        .build();
        assertEquals(1, read().result(), "the child's call and the remover wait for each other");
        assertEquals(List.of("teardown", "rest of the call"), events);
    }

    @Test
    void aCallThatTheRemovalHasToWaitForIsNotLeftOut() throws Exception {
        make(
                (Releasing)
                        (file, call) -> {
                            assertRefused(gate, SelfRemoval.LEAVE_OUT, call.ticketOfCall());
                            events.add("refused");
                        });
        Answers.open(gate);
        assertTrue(Background.start(gate::unregisterSync).result());
        assertEquals(List.of("refused", "teardown"), events);
    }

    @Test
    void aCallInsideAHoldIsNotLeftOut() throws Exception {
        make(new FileOperations() {});
        try (Hold hold = gate.hold("timer")) {
            hold.run(
                    () -> {
                        long ticket = gate.enter();
                        assertRefused(gate, SelfRemoval.LEAVE_OUT, ticket);
                        gate.exit(ticket);
                    });
        }
        assertFalse(gate.isRemoving());
        assertTrue(gate.unregisterSync());
    }
}
