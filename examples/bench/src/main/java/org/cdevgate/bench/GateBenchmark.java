package org.cdevgate.bench;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What a call pays for the gate: enter and exit of one gate, by all of JMH's threads, next to the
 * floor. A removal must find the call in flight, so a thread has at least to find its own place
 * there and to store into it with a fence.
 */
@State(Scope.Benchmark)
public class GateBenchmark extends ShortForks {
    private final FopsGate gate =
            FopsGate.builder("bench", new FileOperations() {})
                    .diagnostics(DiagnosticLevel.COUNT)
                    .build();
    private final ThreadLocal<Slot> slots = ThreadLocal.withInitial(Slot::new);

    /** Keeps one thread's slot off the cache lines of another's. */
    @SuppressWarnings("unused")
    private abstract static class Padding {
        private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
    }

    @SuppressWarnings("unused") // only the store counts
    private static final class Slot extends Padding {
        /** A number: storing a reference would add what the garbage collector wants to know. */
        volatile long published;

        private long q00, q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;
    }

    /** In and out. */
    @Benchmark
    public void enterExit() throws ErrnoException {
        gate.exit(gate.enter());
    }

    /** A thread-local lookup and one volatile store. */
    @Benchmark
    public void floor() {
        slots.get().published = 1;
    }
}
