package org.cdevgate.gate.diagnostics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Each level measures what the one below it does, and more. */
class DiagnosticLevelTest {
    @Test
    void aHigherLevelMeasuresNothingLess() {
        DiagnosticLevel below = null;
        for (DiagnosticLevel level : DiagnosticLevel.values()) {
            if (below != null) {
                assertTrue(
                        measured(level) > measured(below),
                        level + " was chosen to see more than " + below);
            }
            below = level;
        }
    }

    private static int measured(DiagnosticLevel level) {
        return (level.countsCalls() ? 1 : 0)
                + (level.stampsCalls() ? 1 : 0)
                + (level.recordsEveryCall() ? 1 : 0)
                + (level.keepsHoldStacks() ? 1 : 0);
    }

    @Test
    void theDefaultReadsNoClock() {
        assertTrue(DiagnosticLevel.COUNT.countsCalls());
        assertFalse(DiagnosticLevel.COUNT.stampsCalls(), "each call pays for a clock");
    }

    @Test
    void offMeasuresNothing() {
        assertEquals(0, measured(DiagnosticLevel.OFF), "off costs something");
    }
}
