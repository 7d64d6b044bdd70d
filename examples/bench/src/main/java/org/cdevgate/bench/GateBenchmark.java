package org.cdevgate.bench;

import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a call pays for the gate: enter and exit of one gate, by one thread and by two, next to the
 * floor. A removal must find the call in flight, so a thread has at least to find its own place
 * there and to store into it with a fence.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class GateBenchmark {
    private final FopsGate gate = FopsGate.of("bench", new FileOperations() {});
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

    /** One thread goes in and out. */
    @Benchmark
    public void enterExit() throws ErrnoException {
        gate.exit(gate.enter());
    }

    /** Two threads go in and out of the same gate. */
    @Benchmark
    @Threads(2)
    public void enterExitTwoThreads() throws ErrnoException {
        gate.exit(gate.enter());
    }

    /** A thread-local lookup and one volatile store. */
    @Benchmark
    public void floor() {
        slots.get().published = 1;
    }

    /** The floor by two threads at a time. */
    @Benchmark
    @Threads(2)
    public void floorTwoThreads() {
        slots.get().published = 1;
    }
}
