package org.cdevgate.cli.timeline;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.diagnostics.RemovalTimeline.CallSlice;
import org.cdevgate.gate.diagnostics.RemovalTimeline.End;
import org.jspecify.annotations.Nullable;

/** One removal of a device: what the gate noted of it, and who was told what. Any thread. */
public final class RemovalRecord {
    /** Calls that ended so long before the flag are still shown: what led to it. */
    private static final long BEFORE_NANOS = 1_000_000;

    private final FopsGate gate;
    private final CallRecorder recorder;

    /** Requests without a thread that slept at the flag. The gate answers them by itself. */
    private final List<RecordedCall> asleep;

    /** What the recorder knew when nothing was in flight any more; null before. */
    private volatile @Nullable List<RecordedCall> ended;

    /** The gate is flagged and nobody is woken yet. */
    public RemovalRecord(FopsGate gate, CallRecorder recorder) {
        this.gate = gate;
        this.recorder = recorder;
        asleep = recorder.asleep(gate);
    }

    /** Nothing is in flight any more: the recorder is free for the next gate's calls. */
    public void drained() {
        ended = recorder.of(gate);
        recorder.cut();
    }

    /** Up to now, or the whole if it has finished. */
    public RemovalTimeline timeline() {
        RemovalTimeline noted = gate.timelines().get(0);
        List<RecordedCall> known = ended;
        if (known == null) {
            known = recorder.of(gate);
        }
        List<CallSlice> calls = new ArrayList<>();
        long woken = woken(noted);
        for (RecordedCall each : asleep) {
            calls.add(
                    each.answered(woken, Answer.ofRemoval(gate, each.verb()))
                            .slice(End.AT_THE_LATEST));
        }
        for (RecordedCall each : known) {
            if (each.endNanos() - noted.startNanos() > -BEFORE_NANOS) {
                calls.add(each.slice(End.EXACT));
            }
        }
        if (ended == null) {
            // Those that have not ended, of which the gate alone knows that they run.
            noted.calls().stream()
                    .filter(each -> each.end() == End.STILL_RUNNING)
                    .map(this::named)
                    .forEach(calls::add);
        }
        return noted.withCalls(calls);
    }

    private CallSlice named(CallSlice call) {
        return new CallSlice(
                call.verb(),
                call.caller() == null ? null : recorder.named(call.caller()),
                call.threadId(),
                call.threadName(),
                call.startNanos(),
                call.startExact(),
                call.endNanos(),
                call.end(),
                null);
    }

    /** When the sleepers were awake: that is when they have their answers, or a little after. */
    private static long woken(RemovalTimeline timeline) {
        return timeline.phases().stream()
                .filter(each -> each.phase() == RemovalPhase.WAKE)
                .findFirst()
                .map(RemovalTimeline.PhaseSlice::endNanos)
                .orElse(timeline.endNanos());
    }
}
