package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.accounting.LeftOutCalls;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/**
 * Only the calls are left out that had been in flight when that was chosen; a teardown under any
 * other call is a use after free.
 */
class LeftOutCallsTest {
    private static final String UNDER_A_CALL =
            "the device is torn down under a call that has not asked for it";

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    private GateBuilder builder(String name) {
        return FopsGate.builder(name, new FileOperations() {})
                .onTeardown(() -> events.add("teardown of " + name));
    }

    /** Has a remover act for a call, and ends that when the remover has just found it. */
    private long nextCallAfterTheFound(FopsGate gate, OpenFile file, List<Background<?>> remover)
            throws Exception {
        long ticket = gate.enter();
        synchronized (file) { // the remover looks whether the ticket's thread is in a destructor
            Background<Boolean> started =
                    Background.start(() -> gate.unregisterSync(SelfRemoval.LEAVE_OUT, ticket));
            remover.add(started);
            started.awaitWaitingFor(file); // it has found the call
            gate.exit(ticket);
            return gate.enter();
        }
    }

    @Test
    void theNextCallInTheTicketsFrameIsWaitedFor() throws Exception {
        FopsGate gate = builder("self").lateRelease().build();
        OpenFile file = Answers.open(gate);
        List<Background<?>> remover = new ArrayList<>();
        long next = nextCallAfterTheFound(gate, file, remover);
        Eventually.until("the removal to begin", gate::isRemoving);
        assertEquals(1, gate.callsInFlight().size(), UNDER_A_CALL);
        events.add("the next call ends");
        gate.exit(next);
        assertEquals(true, remover.get(0).result());
        assertEquals(List.of("the next call ends", "teardown of self"), events);
    }

    @Test
    void anInnerCallThatComesAfterTheChoiceIsWaitedFor() throws Exception {
        FopsGate gate = builder("self").build();
        long outer = gate.enter();
        LeftOutCalls chosen = LeftOutCalls.of(CallRecords.current(), List.of(gate.ref()));
        long inner = gate.enter();
        gate.beginRemoval();
        chosen.leaveOut();
        assertEquals(1, gate.callsInFlight().size(), UNDER_A_CALL);
        gate.exit(inner);
        assertEquals(0, gate.callsInFlight().size(), "its asking call is waited for");
        gate.exit(outer);
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void aCallThatFollowsInTheSameFrameIsWaitedFor() throws Exception {
        FopsGate gate = builder("self").build();
        long ended = gate.enter();
        LeftOutCalls chosen = LeftOutCalls.of(CallRecords.current(), List.of(gate.ref()));
        gate.exit(ended);
        long next = gate.enter();
        gate.beginRemoval();
        chosen.leaveOut();
        assertEquals(1, gate.callsInFlight().size(), UNDER_A_CALL);
        gate.exit(next);
        assertTrue(gate.awaitRemoval());
    }

    /** Another remover has left a later call of the frame out, and that waits for it. */
    @Test
    void whoComesLateWithAnEndedCallTakesNothingBack() throws Exception {
        FopsGate gate = builder("first").build();
        FopsGate other = builder("second").build();
        long ended = gate.enter();
        LeftOutCalls late = LeftOutCalls.of(CallRecords.current(), List.of(gate.ref()));
        gate.exit(ended);
        long waits = other.enter();
        other.beginRemoval();
        LeftOutCalls.of(CallRecords.current(), List.of(other.ref())).leaveOut();
        late.leaveOut();
        assertEquals(0, other.callsInFlight().size(), "a call and its remover wait for each other");
        other.exit(waits);
        assertTrue(GateGroup.of(gate, other).unregisterSync());
    }

    @Test
    void aRefusedRemovalLeavesNobodyOutOfAnotherOne() throws Exception {
        FopsGate gate = builder("self").build();
        Checkpoint inside = new Checkpoint();
        long[] ticket = new long[1];
        Background<Void> asking =
                Background.start(
                        () -> {
                            ticket[0] = gate.enter();
                            inside.pass();
                            events.add("the call ends");
                            gate.exit(ticket[0]);
                            return null;
                        });
        inside.awaitReached();
        try (Hold hold = gate.hold("timer")) {
            hold.run(
                    () ->
                            assertThrows(
                                    SelfRemovalException.class,
                                    () -> gate.unregisterSync(SelfRemoval.LEAVE_OUT, ticket[0])));
        }
        assertEquals(1, gate.callsInFlight().size(), UNDER_A_CALL);
        Background<Boolean> remover = Background.start(() -> gate.unregisterSync());
        Eventually.until("the other removal to begin", gate::isRemoving);
        inside.letGo();
        asking.result();
        assertTrue(remover.result());
        assertEquals(List.of("the call ends", "teardown of self"), events);
    }

    /**
     * A frame is used for one gate after the other, and a record for one thread after the other.
     */
    @Test
    void theSameNumberInAnotherGateIsAnotherCall() throws Exception {
        FopsGate gate = builder("first").build();
        FopsGate other = builder("second").build();
        long ticket = gate.enter();
        Frame frame = Frame.current();
        long asInTheOther = frame.published() - gate.ref().inFlight + other.ref().inFlight;
        gate.beginRemoval();
        frame.leaveOut(frame.published());
        assertEquals(0, gate.callsInFlight().size());
        gate.exit(ticket);
        long counted = other.enter();
        frame.published = asInTheOther; // as if 2^29 calls had come between
        assertEquals(1, other.callsInFlight().size(), UNDER_A_CALL);
        frame.published = asInTheOther + 4;
        other.exit(counted);
        assertTrue(GateGroup.of(gate, other).unregisterSync());
    }
}
