package org.cdevgate.bench;

import java.util.concurrent.TimeUnit;
import org.cdevgate.gate.stress.peers.Peer;
import org.cdevgate.gate.stress.peers.RemovableGate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a call would pay for another design: enter and exit of the gate's alternatives, by one
 * thread and by two. Each of them keeps fewer promises, see docs/stress.md.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class AlternativesBenchmark {
    @Param({"READ_WRITE_LOCK", "SHARED_COUNTER", "STRIPED_COUNTERS", "GLOBAL_LOCK"})
    private Peer peer;

    private RemovableGate gate;

    /** A gate of the design. */
    @Setup
    public void make() {
        gate = peer.make(() -> {});
    }

    /** One thread goes in and out. */
    @Benchmark
    public void enterExit() {
        gate.exit(gate.enter());
    }

    /** Two threads go in and out of the same gate. */
    @Benchmark
    @Threads(2)
    public void enterExitTwoThreads() {
        gate.exit(gate.enter());
    }
}
