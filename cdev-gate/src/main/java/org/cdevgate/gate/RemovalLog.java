package org.cdevgate.gate;

import java.util.function.Consumer;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.diagnostics.internal.TimelineRecorder;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.internal.Reports;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one removal notes while it goes on, whatever becomes of the noting: a step that fails is
 * logged and does not stop the others, and what is only noted never stops what is done.
 */
final class RemovalLog {
    private static final Logger LOG = LoggerFactory.getLogger(FopsGate.class);

    private final FopsGate gate;
    private volatile @Nullable RemovalTrace trace;

    RemovalLog(FopsGate gate) {
        this.gate = gate;
    }

    /** Just before the flag is set. */
    void begun(RemovalTrace begun) {
        trace = begun;
    }

    /** Null before the flag. */
    @Nullable RemovalTrace trace() {
        return trace;
    }

    /** Notes an instant. */
    void mark(String what, @Nullable String detail) {
        RemovalTrace begun = trace;
        if (begun != null) {
            begun.mark(what, detail);
        }
    }

    /** What was noted so far; null if the removal has not begun. */
    @Nullable RemovalTimeline timeline() {
        RemovalTrace begun = trace;
        return begun == null ? null : begun.timeline();
    }

    /** A wait of this thread's ends before the removal does. */
    void waitEnded(RemovalOutcome.Ending ending) {
        RemovalTrace begun = trace;
        if (begun != null) {
            begun.waitEnded(
                    ending == RemovalOutcome.Ending.INTERRUPTED
                            ? "wait interrupted"
                            : "wait timed out");
        }
    }

    /** The removal goes on without what has failed, if it has; null if it has not. */
    void failed(String what, @Nullable Throwable thrown) {
        if (thrown != null) {
            try {
                LOG.error("removal of {}: {} failed; going on", gate.name(), what, thrown);
                RemovalTrace begun = trace;
                if (begun != null) {
                    begun.mark(what + " failed", thrown.toString());
                }
            } catch (Throwable e) {
                Reports.error(LOG, "removal of {}: a failure was not noted", gate.name(), e);
            }
        }
    }

    /** What is only noted must not stop what is done. */
    void note(String what, Consumer<RemovalTrace> noting) {
        RemovalTrace begun = trace;
        if (begun == null) {
            return;
        }
        try {
            noting.accept(begun);
        } catch (Throwable e) {
            failed(what, e);
        }
    }

    /** Null if it could not be noted. */
    TimelineRecorder.@Nullable PhaseSpan begin(RemovalPhase phase) {
        try {
            RemovalTrace begun = trace;
            return begun == null ? null : begun.begin(phase);
        } catch (Throwable e) {
            failed("noting a phase", e);
            return null;
        }
    }

    /** A phase ends, if its beginning was noted. */
    void end(TimelineRecorder.@Nullable PhaseSpan phase) {
        if (phase != null) {
            note("noting a phase", begun -> phase.end());
        }
    }

    /** For what else a removal runs. */
    void guarded(String what, DriverAction step) {
        Throwable failed = null;
        try {
            step.run();
        } catch (Throwable e) {
            failed = e;
        }
        failed(what, failed);
    }
}
