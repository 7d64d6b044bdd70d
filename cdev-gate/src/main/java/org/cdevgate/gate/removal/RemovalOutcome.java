package org.cdevgate.gate.removal;

import java.util.List;
import java.util.Objects;
import org.cdevgate.gate.calls.CallInFlight;

/** What a wait for a removal came to. Immutable. */
public final class RemovalOutcome {
    /** How a wait ended. */
    public enum Ending {
        /** Everything is removed, and the waiting thread did the teardown, or a part of it. */
        REMOVED_HERE,
        /** Everything is removed, by others. */
        REMOVED,
        /** The time was over first. */
        TIMED_OUT,
        /** The waiting thread was interrupted first; the interrupt stays set. */
        INTERRUPTED
    }

    private final Ending ending;
    private final RemovalReport report;

    /**
     * An outcome.
     *
     * @param report what was in flight when the wait ended
     */
    public RemovalOutcome(Ending ending, RemovalReport report) {
        this.ending = Objects.requireNonNull(ending, "ending");
        this.report = Objects.requireNonNull(report, "report");
    }

    /** How the wait ended. */
    public Ending ending() {
        return ending;
    }

    /**
     * Whether the device is removed, teardown included. If not, the gate stays flagged, nothing was
     * torn down by this wait, and it can be taken up again.
     */
    public boolean isRemoved() {
        return ending == Ending.REMOVED_HERE || ending == Ending.REMOVED;
    }

    /** What the removal still waits for; empty if it is removed. */
    public List<CallInFlight> culprits() {
        return report.culprits();
    }

    /** What was in flight when the wait ended. */
    public RemovalReport report() {
        return report;
    }

    /** For people: one line per culprit, with the stack of its thread. */
    @Override
    public String toString() {
        return isRemoved() ? "removed" : report.toString();
    }
}
