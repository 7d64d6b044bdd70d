package org.cdevgate.bench;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Removing a gate through which another thread calls without a pause until it is refused. The clock
 * is read when it is at work.
 */
@State(Scope.Benchmark)
public class BusyRemovalBenchmark extends RemovalForks {
    private static final FileOperations DRIVER = new FileOperations() {};

    /** So many calls make a gate busy. */
    private static final int FIRST_CALLS = 100;

    private volatile FopsGate gate;
    private volatile FopsGate busy;
    private volatile boolean stop;
    private Thread caller;

    /** Starts the other thread. */
    @Setup(Level.Trial)
    public void start() {
        caller = new Thread(this::callEach, "caller");
        caller.setDaemon(true);
        caller.start();
    }

    private void callEach() {
        FopsGate last = null;
        while (!stop) {
            FopsGate next = gate;
            if (next == last) {
                Thread.onSpinWait();
            } else {
                callUntilRefused(next);
                last = next;
            }
        }
    }

    private void callUntilRefused(FopsGate through) {
        try {
            for (int i = 0; i < FIRST_CALLS; i++) {
                through.exit(through.enter());
            }
            busy = through;
            while (true) {
                through.exit(through.enter());
            }
        } catch (ErrnoException e) {
            // removed
        }
    }

    /** Ends the other thread, which has been refused by the last gate. */
    @TearDown(Level.Trial)
    public void end() throws InterruptedException {
        stop = true;
        caller.join();
    }

    /** Makes the gate and waits until it is called through. */
    @Setup(Level.Invocation)
    public void make() {
        FopsGate next = FopsGate.of("busy", DRIVER);
        gate = next;
        while (busy != next) {
            Thread.onSpinWait();
        }
    }

    /** Removes it. */
    @Benchmark
    public boolean remove() {
        return gate.unregisterSync();
    }
}
