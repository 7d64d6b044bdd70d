package org.cdevgate.bench;

import org.cdevgate.gate.stress.peers.RemovableGate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a call would pay for another design: enter and exit of the gate's alternatives, by all of
 * JMH's threads. Each of them keeps fewer promises, see docs/stress.md.
 */
@State(Scope.Benchmark)
public class AlternativesBenchmark extends ShortForks {
    @Param private Alternative design;

    private RemovableGate gate;

    /** A gate of the design. */
    @Setup
    public void make() {
        gate = design.make(() -> {});
    }

    /** In and out. */
    @Benchmark
    public void enterExit() {
        gate.exit(gate.enter());
    }
}
