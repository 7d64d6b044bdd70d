package org.cdevgate.gate.stress.inside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.Hold;
import org.junit.jupiter.api.Test;

class GateStepsTest {
    private final FopsGate gate = FopsGate.of("device", new FileOperations() {});

    @Test
    void theFlagIsSetAndNothingElseOfARemovalIsDone() throws Exception {
        try (Hold hold = gate.hold("transfer")) {
            assertFalse(GateSteps.hasNoHold(gate), "a remover would not wait for " + hold);
        }
        assertTrue(GateSteps.hasNoHold(gate));
        GateSteps.setFlag(gate);
        assertTrue(gate.isRemoving());
        assertEquals(0, gate.timelines().size(), "a removal has begun");
    }

    @Test
    void aCallIsPublishedUnderTheGatesOwnId() {
        assertSame(gate, GateSteps.ref(gate).get());
    }

    @Test
    void aCallbackIsFiredOnceAndNotAfterItsCallHasEnded() throws Exception {
        AtomicInteger fired = new AtomicInteger();
        assertTrue(
                gate.tryRun(
                        () -> {
                            GateSteps.Callback first = callback(fired);
                            first.fire();
                            first.callEnds();
                            GateSteps.Callback second = callback(fired);
                            second.callEnds();
                            second.fire();
                        }));
        assertEquals(1, fired.get());
    }

    private GateSteps.Callback callback(AtomicInteger fired) {
        return new GateSteps.Callback(gate, fired::incrementAndGet);
    }
}
