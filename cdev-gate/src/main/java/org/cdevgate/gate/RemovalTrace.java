package org.cdevgate.gate;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.accounting.CallScan;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.diagnostics.internal.FlightEvents;
import org.cdevgate.gate.diagnostics.internal.RemovalEvent;
import org.cdevgate.gate.diagnostics.internal.TimelineRecorder;
import org.jspecify.annotations.Nullable;

/** What is noted of one removal, for its timeline and for the Flight Recorder. Any thread. */
final class RemovalTrace {
    private final FopsGate gate;
    private final @Nullable RemovalEvent event = FlightEvents.removalOrNull();
    private final TimelineRecorder recorder;
    private final TimelineRecorder.PhaseSpan flag;

    /** The calls in flight at the flag that have not ended, by ticket. */
    private final Map<Long, Seen> calls = new ConcurrentHashMap<>();

    private int callsAtFlag;

    private record Seen(Frame frame, TimelineRecorder.CallSpan span) {}

    /** Just before the flag is set. */
    RemovalTrace(FopsGate gate) {
        this.gate = gate;
        this.recorder = new TimelineRecorder(gate.name());
        this.flag = recorder.begin(RemovalPhase.FLAG);
    }

    /** The flag is set; nobody was woken yet. Each call in flight is to tell its end. */
    void flagged() {
        try {
            CallScan.forEach(gate.ref(), (call, ticket) -> inFlight((Frame) call, ticket));
            callsAtFlag = calls.size();
        } finally {
            flag.end();
        }
    }

    private void inFlight(Frame call, long ticket) {
        CallRecord record = call.record;
        call.watchEnd(gate.ref());
        if (calls.size() < TimelineRecorder.MAX_CALLS) {
            OpenFile file = call.file;
            String who = file == null ? null : "pid " + file.pid();
            Thread thread = record.thread();
            long id = thread == null ? 0 : threadId(thread);
            String verb = call.verbInFlight().toString();
            TimelineRecorder.CallSpan span =
                    call.isStamped()
                            ? recorder.call(verb, who, id, record.threadName(), call.start())
                            : recorder.call(verb, who, id, record.threadName());
            calls.put(ticket, new Seen(call, span));
        }
    }

    @SuppressWarnings("deprecation") // threadId() came with JDK 19
    private static long threadId(Thread thread) {
        return thread.getId();
    }

    /** Those that ended before they were noted told nobody. */
    void woken() {
        calls.forEach(
                (ticket, seen) -> {
                    if (!seen.frame.isInFlight(ticket, gate.ref())) {
                        seen.span.seenGone();
                        calls.remove(ticket);
                    }
                });
    }

    /** A call ends during the removal. */
    void callEnded(long ticket) {
        Seen seen = calls.remove(ticket);
        if (seen != null) {
            seen.span.ended();
        }
    }

    TimelineRecorder.PhaseSpan begin(RemovalPhase phase) {
        return recorder.begin(phase);
    }

    void mark(String what, @Nullable String detail) {
        recorder.mark(what, detail);
    }

    /** Nothing is in flight any more. */
    void drained() {
        calls.values().forEach(seen -> seen.span.seenGone());
        calls.clear();
    }

    void finished(int filesReleased) {
        recorder.finish();
        if (event != null) {
            event.removed(gate.name(), callsAtFlag, filesReleased);
        }
    }

    /** A bounded wait gave up. */
    void waitEnded(String how) {
        mark(how, null);
        if (event != null) {
            event.waitEnded(gate.name(), callsAtFlag);
        }
    }

    RemovalTimeline timeline() {
        return recorder.timeline();
    }
}
