package org.cdevgate.gate;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cdevgate.gate.diagnostics.FlightEvents;
import org.cdevgate.gate.diagnostics.RemovalEvent;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.diagnostics.TimelineRecorder;

/** What is noted of one removal, for its timeline and for the Flight Recorder. Any thread. */
final class RemovalTrace {
    private final String device;
    private final RemovalEvent event = FlightEvents.removalOrNull();
    private final TimelineRecorder recorder;
    private final TimelineRecorder.PhaseSpan flag;

    /** The calls in flight at the flag that have not ended, by ticket. */
    private final Map<Long, TimelineRecorder.CallSpan> calls = new ConcurrentHashMap<>();

    private int callsAtFlag;

    /** Just before the flag is set. */
    RemovalTrace(String device) {
        this.device = device;
        this.recorder = new TimelineRecorder(device);
        this.flag = recorder.begin(RemovalPhase.FLAG);
    }

    /** The flag is set. */
    void flagged(FopsGate gate) {
        CallScan.forEach(gate, this::inFlight);
        callsAtFlag = calls.size();
        flag.end();
        // Those that ended before they were in the map have told nobody.
        calls.forEach(
                (ticket, span) -> {
                    if (CallScan.find(gate, ticket) == null) {
                        span.seenGone();
                        calls.remove(ticket);
                    }
                });
    }

    private void inFlight(CallRecord record, Call call, long ticket) {
        if (calls.size() < TimelineRecorder.MAX_CALLS) {
            OpenFile file = call.file;
            String who = file == null ? null : "pid " + file.pid();
            Thread thread = record.thread();
            long id = thread == null ? 0 : threadId(thread);
            String verb = call.verbInFlight().toString();
            calls.put(
                    ticket,
                    call.isStamped()
                            ? recorder.call(verb, who, id, record.threadName(), call.start())
                            : recorder.call(verb, who, id, record.threadName()));
        }
    }

    @SuppressWarnings("deprecation") // threadId() came with JDK 19
    private static long threadId(Thread thread) {
        return thread.getId();
    }

    /** A call ends during the removal. */
    void callEnded(long ticket) {
        TimelineRecorder.CallSpan span = calls.remove(ticket);
        if (span != null) {
            span.ended();
        }
    }

    TimelineRecorder.PhaseSpan begin(RemovalPhase phase) {
        return recorder.begin(phase);
    }

    void mark(String what, String detail) {
        recorder.mark(what, detail);
    }

    /** Nothing is in flight any more. */
    void drained() {
        calls.values().forEach(TimelineRecorder.CallSpan::seenGone);
        calls.clear();
    }

    void finished(int filesReleased) {
        recorder.finish();
        if (event != null) {
            event.removed(device, callsAtFlag, filesReleased);
        }
    }

    /** A bounded wait gave up. */
    void waitEnded(String how) {
        mark(how, null);
        if (event != null) {
            event.waitEnded(device, callsAtFlag);
        }
    }

    RemovalTimeline timeline() {
        return recorder.timeline();
    }
}
