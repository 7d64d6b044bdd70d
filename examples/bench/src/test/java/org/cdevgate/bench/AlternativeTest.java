package org.cdevgate.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.stress.peers.RemovableGate;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A comparison with a design that does not keep the promise would say nothing. */
@Timeout(30)
class AlternativeTest {
    @ParameterizedTest
    @EnumSource
    void refusesCallsAfterTheRemovalWhichRunsOneTeardown(Alternative design) {
        AtomicInteger teardowns = new AtomicInteger();
        RemovableGate gate = design.make(teardowns::incrementAndGet);
        gate.exit(gate.enter());
        assertTrue(gate.unregisterSync(), "nobody is told that he removed the device");
        assertFalse(gate.unregisterSync(), "two are told that they removed the device");
        assertEquals(1, teardowns.get(), "teardowns");
        assertEquals(0, gate.enter(), "a call enters a device that was torn down");
    }

    @ParameterizedTest
    @EnumSource
    void waitsForACallInFlight(Alternative design) throws InterruptedException {
        AtomicBoolean tornDown = new AtomicBoolean();
        RemovableGate gate = design.make(() -> tornDown.set(true));
        long ticket = gate.enter();
        Thread remover = new Thread(gate::unregisterSync);
        remover.start();
        remover.join(50);
        assertFalse(tornDown.get(), "the device goes away under a call");
        gate.exit(ticket);
        remover.join();
        assertTrue(tornDown.get(), "the removal has ended without a teardown");
    }

    @ParameterizedTest
    @EnumSource
    void aTicketThatIsNoneIsAnError(Alternative design) {
        RemovableGate gate = design.make(() -> {});
        assertThrows(RuntimeException.class, () -> gate.exit(0));
        assertTrue(gate.unregisterSync(), "an exit without a ticket broke the count");
    }

    @ParameterizedTest
    @EnumSource
    void noCallOutlivesItsDevice(Alternative design) throws InterruptedException {
        AtomicInteger tooLate = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            AtomicBoolean tornDown = new AtomicBoolean();
            RemovableGate gate = design.make(() -> tornDown.set(true));
            Thread[] callers = new Thread[2];
            for (int c = 0; c < callers.length; c++) {
                callers[c] = new Thread(() -> callUntilRefused(gate, tornDown, tooLate));
                callers[c].start();
            }
            assertTrue(gate.unregisterSync());
            for (Thread caller : callers) {
                caller.join();
            }
        }
        assertEquals(0, tooLate.get(), "calls that used their device after its teardown");
    }

    private static void callUntilRefused(
            RemovableGate gate, AtomicBoolean tornDown, AtomicInteger tooLate) {
        for (long ticket; (ticket = gate.enter()) != 0; gate.exit(ticket)) {
            if (tornDown.get()) {
                tooLate.incrementAndGet();
            }
        }
    }
}
