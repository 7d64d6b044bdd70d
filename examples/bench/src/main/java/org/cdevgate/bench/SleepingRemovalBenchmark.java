package org.cdevgate.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.front.Caller;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Removing a gate in which so many threads are parked on a queue of the driver's: from the
 * removal's begin, over waking them and waiting for each to leave, to its return.
 *
 * <p>The clock is read when all are asleep, and the next are put to sleep when all are back in
 * their pool. Both take longer than a removal, so an iteration has few of them; it still has more
 * than JMH's single shots, each of which finds cold caches.
 */
@State(Scope.Benchmark)
public class SleepingRemovalBenchmark extends RemovalForks {
    private static final long PAUSE_NANOS = 20_000;

    /** How many threads sleep. */
    @Param({"1", "100"})
    private int sleepers;

    private final List<Thread> threads = new ArrayList<>();
    private final List<Future<?>> calls = new ArrayList<>();
    private ExecutorService pool;
    private FopsGate gate;

    private static final class Sleeping implements FileOperations {
        final WaitQueue data = new WaitQueue("data");

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            call.await(data, () -> false);
            return 0;
        }
    }

    /** Starts the threads. */
    @Setup(Level.Trial)
    public void start() {
        pool = Executors.newFixedThreadPool(sleepers, this::newThread);
    }

    private Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "sleeper");
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    /** Ends the threads. */
    @TearDown(Level.Trial)
    public void end() {
        pool.shutdown();
    }

    /** Makes the gate and waits until all sleep. */
    @Setup(Level.Invocation)
    public void putToSleep() throws ErrnoException {
        Sleeping driver = new Sleeping();
        FopsGate next = FopsGate.of("sleeping", driver);
        OpenFile file = next.front().open(OpenFlags.O_RDONLY, Caller.local());
        for (int i = 0; i < sleepers; i++) {
            calls.add(pool.submit(() -> read(next, file)));
        }
        gate = next;
        while (driver.data.sleepers() < sleepers || !areParked()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Who has joined the queue looks once more before it parks. */
    private boolean areParked() {
        return threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING);
    }

    private static void read(FopsGate gate, OpenFile file) {
        try {
            gate.front().read(file, ByteBuffer.allocate(1), 0, Caller.local());
            throw new AssertionError("a read of a device without data has ended");
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENODEV.number()) {
                throw new AssertionError(e);
            }
        }
    }

    /** Waits until all are back. */
    @TearDown(Level.Invocation)
    public void awaitCallers() throws ExecutionException, InterruptedException {
        for (Future<?> call : calls) {
            call.get();
        }
        calls.clear();
    }

    /** Removes the gate. */
    @Benchmark
    public boolean remove() {
        return gate.unregisterSync();
    }
}
