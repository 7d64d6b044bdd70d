package org.cdevgate.gate.stress.anomaly;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.Hold;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.removal.RemovalOutcome;

/** A device with all that a driver can have, and the questions that are asked of it afterwards. */
final class TestDevice implements FileOperations {
    private static final long HOOK_PATIENCE = TimeUnit.SECONDS.toNanos(10);

    static final int PLAIN = 0;
    static final int NESTED = 1;
    static final int CANCEL = 2;
    static final int HOLD = 3;
    static final int SLEEP_FOR_NO_TIME = 4;
    static final int SLEEP_ALONE_FOR_NO_TIME = 5;
    static final int SLEEP = 6;
    static final int SLEEP_ALONE = 7;
    static final int WOULD_BLOCK_FOR_NO_TIME = 8;

    final WaitQueue queue = new WaitQueue("items");
    final AtomicInteger items = new AtomicInteger();
    final AtomicInteger teardowns = new AtomicInteger();
    final AtomicInteger releases = new AtomicInteger();
    final AtomicInteger destructors = new AtomicInteger();
    final AtomicInteger hooks = new AtomicInteger();
    final FopsGate gate;
    private final List<OpenFile> opened = new ArrayList<>();
    private final ByteBuffer data = ByteBuffer.allocate(8);
    private TestDevice other;

    TestDevice(String name) {
        gate = builder(name).build();
    }

    private GateBuilder builder(String name) {
        return FopsGate.builder(name, this)
                .wakeHook(hooks::incrementAndGet)
                .onTeardown(teardowns::incrementAndGet);
    }

    TestDevice with(TestDevice nested) {
        other = nested;
        return this;
    }

    OpenFile open() throws ErrnoException {
        OpenFile file = gate.front().open(0, Caller.local());
        opened.add(file);
        return file;
    }

    int ioctl(OpenFile file, int command) throws ErrnoException {
        return gate.front().ioctl(file, command, 0, data.clear(), Caller.local());
    }

    // the driver

    @Override
    public int open(OpenFile file, Call call) {
        file.setPrivateData(this, device -> destructors.incrementAndGet());
        return 0;
    }

    @Override
    public void release(OpenFile file, Call call) {
        releases.incrementAndGet();
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        return 1;
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call) {
        return 1;
    }

    @Override
    public long llseek(OpenFile file, long offset, int whence, Call call) {
        return offset;
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call) {
        return 0;
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call) {
        return 0;
    }

    @Override
    public int poll(OpenFile file, Call call) {
        call.pollWait(queue);
        return PollEvents.POLLIN;
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer buffer, Call call)
            throws ErrnoException {
        switch (command) {
            case NESTED -> {
                return other.ioctl(other.opened.get(0), PLAIN);
            }
            case CANCEL -> call.onCancel(() -> {});
            case HOLD -> {
                Hold hold = call.hold("request");
                try {
                    hold.release();
                } catch (VirtualMachineError e) {
                    hold.close(); // as with a lock: where there is room again
                    throw e;
                }
            }
            case SLEEP_FOR_NO_TIME -> call.await(queue, () -> false, 1, TimeUnit.MICROSECONDS);
            case SLEEP_ALONE_FOR_NO_TIME ->
                    call.awaitExclusive(queue, () -> false, 1, TimeUnit.MICROSECONDS);
            case SLEEP -> call.await(queue, this::takeItem);
            case SLEEP_ALONE -> call.awaitExclusive(queue, this::takeItem);
            case WOULD_BLOCK_FOR_NO_TIME -> {
                return call.isTimedOut() ? 0 : call.wouldBlock(queue, 1, TimeUnit.MICROSECONDS);
            }
            default -> {}
        }
        return 0;
    }

    private boolean takeItem() {
        return items.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
    }

    // the questions

    /** Nothing is in flight, others are served, and it can be removed; null if so. */
    String wrong(ExecutorService others) throws Exception {
        String left = inFlight();
        if (left != null) {
            return left;
        }
        if (!gate.isRemoving()) {
            Callable<Integer> call =
                    () -> {
                        OpenFile file = gate.front().open(0, Caller.local());
                        int got =
                                gate.front().read(file, ByteBuffer.allocate(8), 0, Caller.local());
                        gate.front()
                                .ioctl(
                                        file,
                                        SLEEP_FOR_NO_TIME,
                                        0,
                                        ByteBuffer.allocate(0),
                                        Caller.local());
                        gate.front().close(file);
                        return got;
                    };
            int got = others.submit(call).get(10, TimeUnit.SECONDS);
            if (got != 1) {
                return "another thread read " + got + " bytes";
            }
            if (queue.sleepers() != 0) {
                return queue.sleepers() + " sleepers are left";
            }
        }
        return removed(others);
    }

    String inFlight() {
        List<CallInFlight> left = gate.callsInFlight();
        long deadline = System.nanoTime() + HOOK_PATIENCE;
        while (left.stream().anyMatch(call -> call.verb() == Verb.WAKE_HOOK)
                && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(1_000_000); // it runs on a thread of its own, and ends by itself
            left = gate.callsInFlight();
        }
        return left.isEmpty() ? framesLeftBehind() : "still in flight: " + left;
    }

    /** A call by hand takes the frame of the one that failed as it is, if that looks free. */
    private String framesLeftBehind() {
        try {
            gate.exit(gate.enter());
            return null;
        } catch (AssertionError e) { // of the accounting: a free frame carries nothing
            return "left in the frame: " + e.getMessage();
        } catch (ErrnoException e) {
            return null; // it is being removed
        }
    }

    /** Removes it, by another thread, and looks whether all was done once; null if so. */
    String removed(ExecutorService others) throws Exception {
        RemovalOutcome outcome =
                others.submit(() -> gate.unregisterSync(Duration.ofSeconds(5)))
                        .get(10, TimeUnit.SECONDS);
        if (!outcome.isRemoved()) {
            return "the removal ended with " + outcome.ending() + ": " + outcome.report();
        }
        if (teardowns.get() != 1) {
            return teardowns + " teardowns";
        }
        if (hooks.get() < 1) {
            return "the wake hook was not called";
        }
        if (!gate.openFiles().isEmpty()) {
            return "files are left open: " + gate.openFiles();
        }
        if (releases.get() > destructors.get()) {
            return releases + " releases and " + destructors + " destructors";
        }
        return null;
    }
}
