package org.cdevgate.gate;

import java.util.Objects;
import org.cdevgate.gate.accounting.CallScan;
import org.cdevgate.gate.calls.Verb;

/**
 * What a gate has counted since it was made: a snapshot, taken while calls go on, so its numbers
 * need not fit each other; when no call is in flight they are exact. At {@link
 * org.cdevgate.gate.diagnostics.DiagnosticLevel#OFF} calls are not counted. Immutable.
 */
public final class GateCounters {
    private final long[] calls = new long[Verb.COUNT];
    private final long refused;
    private final long wakeUps;
    private final int openFiles;

    private GateCounters(FopsGate gate, long refused) {
        for (Verb verb : Verb.values()) {
            calls[verb.index()] = CallScan.count(gate.ref(), verb);
        }
        this.refused = refused;
        this.wakeUps = gate.wakeClock();
        this.openFiles = gate.openFiles().size();
    }

    static GateCounters of(FopsGate gate, long refused) {
        return new GateCounters(gate, refused);
    }

    /**
     * How often the driver was entered for this verb. A verb that slept without a thread and was
     * run again counts each run.
     */
    public long calls(Verb verb) {
        return calls[Objects.requireNonNull(verb, "verb").index()];
    }

    /** How often the driver was entered. */
    public long calls() {
        long sum = 0;
        for (long each : calls) {
            sum += each;
        }
        return sum;
    }

    /** How many calls were refused because the removal had begun. */
    public long refused() {
        return refused;
    }

    /** How many wake-ups the queues got on which calls of this gate have slept or polled. */
    public long wakeUps() {
        return wakeUps;
    }

    /** How many files were open when it was taken. */
    public int openFiles() {
        return openFiles;
    }

    /** For people, one line; verbs never called are left out. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder();
        for (Verb verb : Verb.values()) {
            if (calls(verb) != 0) {
                line.append(verb).append(' ').append(calls(verb)).append(", ");
            }
        }
        return line.append("refused ")
                .append(refused)
                .append(", wake-ups ")
                .append(wakeUps)
                .append(", open files ")
                .append(openFiles)
                .toString();
    }
}
