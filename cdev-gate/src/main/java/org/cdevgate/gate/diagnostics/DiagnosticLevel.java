package org.cdevgate.gate.diagnostics;

/**
 * How much a gate measures about its calls, from nothing to everything. It can be changed while
 * calls are in flight: each call is measured by the level that it met when it began.
 *
 * <p>No level changes what a removal promises. The accounting that the drain needs is exact at each
 * of them, and so are the names of the culprits in a report; the levels differ in the counters, the
 * times and the events.
 */
public enum DiagnosticLevel {
    /** Nothing is counted. */
    OFF,

    /**
     * Calls are counted. No clock is read for a call, which would cost more than the gate does: the
     * time that a culprit was in flight is told as "at least", from the removal's flag on. The
     * default.
     */
    COUNT,

    /**
     * Each call also gets a start time, so that the time it was in flight is exact in reports, and
     * one call in many becomes a Flight Recorder event ({@code org.cdevgate.Call}).
     */
    SAMPLED,

    /** Each call becomes a Flight Recorder event, and holds keep the stack that took them. */
    FULL;

    /** Whether calls are counted. */
    public boolean countsCalls() {
        return this != OFF;
    }

    /** Whether each call gets a start time. */
    public boolean stampsCalls() {
        return this == SAMPLED || this == FULL;
    }

    /** Whether each call becomes an event, not one in many. */
    public boolean recordsEveryCall() {
        return this == FULL;
    }

    /** Whether a hold keeps the stack that took it. */
    public boolean keepsHoldStacks() {
        return this == FULL;
    }
}
