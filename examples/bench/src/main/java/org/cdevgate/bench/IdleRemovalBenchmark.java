package org.cdevgate.bench;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Removing an idle gate while another thread calls through so many other gates. A drain must not
 * wait for other devices' calls.
 */
@State(Scope.Benchmark)
public class IdleRemovalBenchmark extends RemovalForks {
    private static final FileOperations DRIVER = new FileOperations() {};

    /** How many other gates are busy. */
    @Param({"0", "1000"})
    private int busyGates;

    private FopsGate idle;
    private volatile boolean stop;
    private Thread caller;

    /** Starts the other thread. */
    @Setup(Level.Trial)
    public void start() {
        FopsGate[] gates = new FopsGate[busyGates];
        for (int i = 0; i < gates.length; i++) {
            gates[i] = FopsGate.of("busy", DRIVER);
        }
        caller = new Thread(() -> call(gates), "caller");
        caller.setDaemon(true);
        caller.start();
    }

    // Without gates it is busy all the same: the processors have as much to do in both cases.
    private void call(FopsGate[] gates) {
        try {
            while (!stop) {
                for (FopsGate gate : gates) {
                    gate.exit(gate.enter());
                }
                Thread.onSpinWait();
            }
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends the other thread. */
    @TearDown(Level.Trial)
    public void end() throws InterruptedException {
        stop = true;
        caller.join();
    }

    /** Makes the gate. */
    @Setup(Level.Invocation)
    public void make() {
        idle = FopsGate.of("idle", DRIVER);
    }

    /** Removes it. */
    @Benchmark
    public boolean remove() {
        return idle.unregisterSync();
    }
}
