package org.cdevgate.cli.timeline;

import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.RemovalTimeline.CallSlice;
import org.cdevgate.gate.diagnostics.RemovalTimeline.End;
import org.jspecify.annotations.Nullable;

/**
 * A call of a client.
 *
 * @param gate that it went through
 * @param verb what it was
 * @param name the verb, with an ioctl's command
 * @param opener the process that opened the file
 * @param pid the process that called
 * @param tid its thread
 * @param caller the process for people: {@code pid 4711 (cat)}
 * @param startNanos of System.nanoTime()
 * @param endNanos if it has an answer
 * @param answer what it got; null while it has none
 */
public record RecordedCall(
        FopsGate gate,
        Verb verb,
        String name,
        int opener,
        int pid,
        int tid,
        String caller,
        long startNanos,
        long endNanos,
        @Nullable String answer) {

    static RecordedCall begun(
            FopsGate gate,
            Verb verb,
            String name,
            int opener,
            int pid,
            int tid,
            String caller,
            long startNanos) {
        return new RecordedCall(
                gate, verb, name, opener, pid, tid, caller, startNanos, startNanos, null);
    }

    RecordedCall answered(long nanos, String with) {
        return new RecordedCall(
                gate, verb, name, opener, pid, tid, caller, startNanos, nanos, with);
    }

    /** As a slice of a timeline. */
    CallSlice slice(End end) {
        String thread = caller + (tid == pid ? "" : " thread " + tid);
        return new CallSlice(name, caller, tid, thread, startNanos, true, endNanos, end, answer);
    }
}
