package org.cdevgate.gate;

import java.util.List;

/** What a bounded wait for a removal came to. Immutable. */
public final class RemovalOutcome {
    private final boolean removed;
    private final List<CallInFlight> culprits;

    RemovalOutcome(boolean removed, List<CallInFlight> culprits) {
        this.removed = removed;
        this.culprits = List.copyOf(culprits);
    }

    /**
     * Whether the device is removed, teardown included. If not, the gate stays flagged, nothing was
     * torn down by this wait, and it can be taken up again.
     */
    public boolean isRemoved() {
        return removed;
    }

    /** What the removal still waits for; empty if it is removed. */
    public List<CallInFlight> culprits() {
        return culprits;
    }

    /** For people: one line per culprit, with the stack of its thread. */
    @Override
    public String toString() {
        return removed ? "removed" : CallInFlight.describe(culprits);
    }
}
