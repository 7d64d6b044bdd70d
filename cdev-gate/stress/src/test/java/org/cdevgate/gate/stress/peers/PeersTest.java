package org.cdevgate.gate.stress.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.stress.script.PausePoints;
import org.cdevgate.gate.stress.script.Progress;
import org.cdevgate.gate.stress.script.Script;
import org.cdevgate.gate.stress.script.ScriptedDevice;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What any gate is at least, asked of the real one and of its alternatives. */
class PeersTest {
    private static final String INSIDE = "inside";

    @ParameterizedTest
    @EnumSource
    void refusesCallsAfterTheRemoval(Peer peer) {
        ScriptedDevice device = new ScriptedDevice(PausePoints.NONE);
        RemovableGate gate = peer.make(device::tearDown);
        gate.exit(gate.enter());
        assertTrue(gate.unregisterSync(), "nobody is told that he removed the device");
        assertTrue(device.isTornDown(), "the removal came back without a teardown");
        assertEquals(0, gate.enter(), "a call enters a device that was torn down");
    }

    @ParameterizedTest
    @EnumSource
    void waitsForACallInFlight(Peer peer) {
        try (Script script = new Script()) {
            ScriptedDevice device = new ScriptedDevice(script);
            RemovableGate gate = peer.make(device::tearDown);
            script.actor("caller", () -> call(gate, script));
            script.actor("remover", gate::unregisterSync);
            script.advance("caller", INSIDE);
            assertEquals(
                    Progress.WAITS,
                    script.finish("remover"),
                    "the removal does not wait for a call that is inside");
            assertFalse(device.isTornDown(), "the device goes away under a call");
            script.finish("caller");
            script.end();
            assertTrue(device.isTornDown(), "the removal has ended without a teardown");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCallMayEnterAgainBeforeTheRemoval(Peer peer) {
        RemovableGate gate = peer.make(() -> {});
        long outer = gate.enter();
        long inner = gate.enter();
        assertNotEquals(0, inner, "a nested call of a live device is refused");
        gate.exit(inner);
        gate.exit(outer);
        assertTrue(gate.unregisterSync(), "calls that have left are still waited for");
    }

    @ParameterizedTest
    @EnumSource
    void oneOfTwoRemoversDidItAndBothReturnAfterTheTeardown(Peer peer) {
        try (Script script = new Script()) {
            AtomicInteger teardowns = new AtomicInteger();
            AtomicInteger told = new AtomicInteger();
            AtomicInteger early = new AtomicInteger();
            ScriptedDevice device = new ScriptedDevice(script);
            RemovableGate gate =
                    peer.make(
                            () -> {
                                teardowns.incrementAndGet();
                                device.tearDown();
                            });
            for (String remover : new String[] {"first", "second"}) {
                script.actor(
                        remover,
                        () -> {
                            if (gate.unregisterSync()) {
                                told.incrementAndGet();
                            }
                            if (!device.isTornDown()) {
                                early.incrementAndGet();
                            }
                        });
            }
            script.advance("first", ScriptedDevice.IN_TEARDOWN);
            assertEquals(
                    Progress.WAITS,
                    script.finish("second"),
                    "the second remover does not wait for the teardown");
            script.end();
            assertEquals(1, teardowns.get(), "teardowns");
            assertEquals(1, told.get(), "removers that were told that they did it");
            assertEquals(0, early.get(), "removers that came back before the end of the teardown");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptDoesNotEndARemovalAndStaysSet(Peer peer) {
        try (Script script = new Script()) {
            AtomicBoolean interrupted = new AtomicBoolean();
            ScriptedDevice device = new ScriptedDevice(script);
            RemovableGate gate = peer.make(device::tearDown);
            script.actor("caller", () -> call(gate, script));
            script.actor(
                    "remover",
                    () -> {
                        gate.unregisterSync();
                        interrupted.set(Thread.currentThread().isInterrupted());
                    });
            script.advance("caller", INSIDE);
            script.finish("remover");
            script.interrupt("remover");
            assertEquals(
                    Progress.WAITS, script.finish("remover"), "an interrupt ended the removal");
            assertFalse(device.isTornDown(), "an interrupt lets the device go under a call");
            script.end();
            assertTrue(interrupted.get(), "the remover's interrupt was swallowed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTicketThatIsNoneIsAnError(Peer peer) {
        RemovableGate gate = peer.make(() -> {});
        assertThrows(RuntimeException.class, () -> gate.exit(0));
        assertTrue(gate.unregisterSync(), "an exit without a ticket broke the count");
    }

    @ParameterizedTest
    @EnumSource(names = {"REAL_GATE", "READ_WRITE_LOCK", "GLOBAL_LOCK"})
    void removalFromInsideIsRefusedWhereTheDesignCanTell(Peer peer) {
        RemovableGate gate = peer.make(() -> {});
        long ticket = gate.enter();
        assertThrows(IllegalStateException.class, gate::unregisterSync);
        gate.exit(ticket);
        assertTrue(gate.unregisterSync(), "the refused removal left something behind");
    }

    /** A throwable teardown of one device must not leave other removers waiting. */
    @ParameterizedTest
    @EnumSource
    void otherRemoversReturnAfterATeardownThatThrows(Peer peer) {
        RemovableGate gate =
                peer.make(
                        () -> {
                            throw new IllegalStateException("teardown");
                        });
        try {
            gate.unregisterSync();
        } catch (IllegalStateException e) {
            assertEquals("teardown", e.getMessage());
        }
        assertFalse(gate.unregisterSync(), "the teardown ran twice");
        assertEquals(0, gate.enter(), "a call enters after the teardown");
    }

    @ParameterizedTest
    @EnumSource
    void callsOfOneThreadAllocateNothing(Peer peer) {
        RemovableGate gate = peer.make(() -> {});
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        callOften(gate, 20_000); // compiled, and each lazy thing made
        long before = threads.getThreadAllocatedBytes(thread);
        callOften(gate, 10_000);
        long bytes = threads.getThreadAllocatedBytes(thread) - before;
        assertTrue(bytes < 10_000, "10,000 calls allocated " + bytes + " bytes");
        gate.unregisterSync();
    }

    @ParameterizedTest
    @EnumSource
    void noCallOutlivesItsDevice(Peer peer) throws InterruptedException {
        AtomicInteger tooLate = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            ScriptedDevice device = new ScriptedDevice(PausePoints.NONE);
            RemovableGate gate = peer.make(device::tearDown);
            Thread[] callers = new Thread[2];
            for (int c = 0; c < callers.length; c++) {
                callers[c] =
                        new Thread(
                                () -> {
                                    for (long t; (t = gate.enter()) != 0; gate.exit(t)) {
                                        if (device.isTornDown()) {
                                            tooLate.incrementAndGet();
                                        }
                                    }
                                });
                callers[c].start();
            }
            assertTrue(gate.unregisterSync());
            for (Thread caller : callers) {
                caller.join();
            }
        }
        assertEquals(0, tooLate.get(), "calls that used their device after its teardown");
    }

    private static void callOften(RemovableGate gate, int times) {
        for (int i = 0; i < times; i++) {
            gate.exit(gate.enter());
        }
    }

    private static void call(RemovableGate gate, Script script) {
        long ticket = gate.enter();
        script.at(INSIDE);
        gate.exit(ticket);
    }
}
