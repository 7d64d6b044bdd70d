package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/** A section inside a gate, by try-with-resources. */
@SuppressWarnings("try") // a guard has nothing to call
class GuardTest {
    private final FopsGate gate = FopsGate.of("self", new FileOperations() {});

    private void nested() throws ErrnoException {
        try (Guard outer = gate.guard();
                Guard inner = gate.guard()) {
            assertEquals(2, gate.callsInFlight().size());
        }
    }

    @Test
    void theDeviceStaysUntilItsEnd() throws Exception {
        nested();
        assertEquals(0, gate.callsInFlight().size());
        try (Guard inside = gate.guard()) {
            assertThrows(SelfRemovalException.class, gate::unregisterSync);
            gate.beginRemoval();
            assertEquals(1, gate.callsInFlight().size());
            Answers.assertErrno(Errno.ENODEV, gate::guard, "entered after the flag");
        }
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void itIsClosedOnceAndOnItsThread() throws Exception {
        Guard guard = gate.guard();
        assertEquals(
                IllegalStateException.class,
                Background.start(
                                () -> {
                                    guard.close();
                                    return null;
                                })
                        .failure()
                        .getClass());
        assertEquals(1, gate.callsInFlight().size(), "a foreign close corrupts the count");
        guard.close();
        assertThrows(IllegalStateException.class, guard::close);
        assertEquals(0, gate.callsInFlight().size());
        assertTrue(gate.unregisterSync());
    }

    @Test
    void itMakesNoGarbage() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 10; round++) { // the first ones load classes
            long before = threads.getThreadAllocatedBytes(id);
            for (int i = 0; i < 1_000; i++) {
                try (Guard inside = gate.guard()) {
                    Thread.onSpinWait();
                }
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
        }
        assertEquals(0, least / 1_000, "bytes of each");
        assertTrue(gate.unregisterSync());
    }
}
