package org.cdevgate.gate.stress.soak;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.stress.oracle.DeviceLife;
import org.cdevgate.gate.stress.oracle.Resource;
import org.cdevgate.gate.stress.workload.Dice;
import org.cdevgate.gate.stress.workload.NewDevice;
import org.cdevgate.gate.stress.workload.StressRun;
import org.cdevgate.gate.stress.workload.StressWorker;
import org.cdevgate.gate.stress.workload.StressedDevice;

/**
 * A device with events: a read waits for one, in a way that the dice choose, and so may any other
 * verb. Its registers are freed by the teardown, and what belongs to an open file by the
 * destructor. Now and then a verb, the release, a destructor or the hook fails.
 */
final class SoakDriver implements FileOperations {
    private static final int FAILS_ONE_IN = 64;
    private static final String ON_PURPOSE = "fails on purpose";

    private final StressRun run;
    private final NewDevice device;
    private final Resource registers;
    private final WaitQueue arrived = new WaitQueue("arrived");
    private final AtomicLong events = new AtomicLong();

    /** For sleepers of the driver's own making, whom only the hook wakes. */
    private final Object monitor = new Object();

    private final Transmitter transmitter;
    private final Stock stock;
    private final StressedDevice parent;
    private final boolean hasHook;
    private final boolean releasesLate;

    private SoakDriver(
            NewDevice device, StressedDevice parent, boolean hasHook, boolean releasesLate) {
        this.run = device.run();
        this.device = device;
        this.registers = device.resource("registers");
        this.transmitter = new Transmitter(run);
        this.stock = new Stock(run);
        this.parent = parent;
        this.hasHook = hasHook;
        this.releasesLate = releasesLate;
    }

    /**
     * Makes a device. Each second slot's is a child of the one before it, if there is one; never
     * the other way, because calls may remove devices of higher slots and so their children.
     *
     * @param hasHook whether a hook wakes the sleepers of its own making; else their callbacks do
     * @param releasesLate whether the last close releases, after the removal too
     */
    static GateBuilder make(NewDevice device, boolean hasHook, boolean releasesLate) {
        StressedDevice parent =
                device.slot() % 2 == 1 ? device.run().device(device.slot() - 1) : null;
        SoakDriver driver = new SoakDriver(device, parent, hasHook, releasesLate);
        GateBuilder gate = device.gate(driver).onTeardown(driver.registers::free);
        if (hasHook) {
            gate.wakeHook(driver::wakeOwnSleepers);
        }
        if (parent != null) {
            device.parent(parent);
        }
        if (releasesLate) {
            device.lateRelease();
        }
        return gate;
    }

    static boolean isOnPurpose(Throwable thrown) {
        return ON_PURPOSE.equals(thrown.getMessage());
    }

    StressRun run() {
        return run;
    }

    StressedDevice device() {
        return device.made();
    }

    Resource registers() {
        return registers;
    }

    /** The device whose removal takes this one along; null if none. */
    StressedDevice parent() {
        return parent;
    }

    int slot() {
        return device.slot();
    }

    /** What the oracle knows of the device. */
    DeviceLife life() {
        return device.life();
    }

    /** An event arrives, as from an interrupt; inside a bound. */
    void arrive() {
        registers.touch();
        events.incrementAndGet();
        arrived.wakeUp();
        stock.deliver();
        notifyOwnSleepers();
    }

    private void notifyOwnSleepers() {
        synchronized (monitor) {
            monitor.notifyAll();
        }
    }

    private void wakeOwnSleepers() {
        registers.touch();
        notifyOwnSleepers();
        switch ((int) (System.nanoTime() & 7)) { // the hook's thread has no dice
            case 0 -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            case 1 -> throw new IllegalStateException(ON_PURPOSE);
            default -> {}
        }
    }

    /** What belongs to one open file. */
    private static final class PerOpen {
        final Resource memory;
        final boolean failsAtTheEnd;

        PerOpen(Resource memory, boolean failsAtTheEnd) {
            this.memory = memory;
            this.failsAtTheEnd = failsAtTheEnd;
        }

        void destroy() {
            memory.free();
            if (failsAtTheEnd) {
                throw new IllegalStateException(ON_PURPOSE);
            }
        }
    }

    @Override
    public int open(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        registers.touch();
        Dice dice = dice();
        if (dice.oneIn(16)) {
            return call.wouldBlock(arrived);
        }
        maybeFail();
        PerOpen data = new PerOpen(device.resource("per-open data"), dice.oneIn(16));
        file.setPrivateData(data, PerOpen::destroy);
        maybeFail(); // now the destructor is due, and no release
        return 0;
    }

    @Override
    public void release(OpenFile file, Call call) {
        if (!call.isRemoving()) {
            touch(file);
            run.counts().add("released by a close");
        } else if (!releasesLate) {
            touch(file);
            run.counts().add("released by a remover");
        } else {
            // The teardown and the destructor may have run; the data must still be there to read.
            Objects.requireNonNull(file.privateData(PerOpen.class), "data of a late release");
            run.counts().add("released late");
        }
        // On a thread of the workload or on one of a gang's.
        if ((System.identityHashCode(file) & 15) == 0) {
            throw new IllegalStateException(ON_PURPOSE);
        }
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return act(file, dst.remaining(), call);
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        int count = src.remaining();
        if (count % 4 == 0) { // not by the dice: a request that was woken must come back here
            touch(file);
            int result = transmitter.use(count, call, dice());
            touch(file);
            return result;
        }
        return act(file, count, call);
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return act(file, 0, call);
    }

    @Override
    public int flush(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return act(file, 0, call);
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return act(file, 0, call);
    }

    @Override
    public long llseek(OpenFile file, long offset, int whence, Call call) throws ErrnoException {
        touch(file);
        call.await(arrived, () -> true, 1, TimeUnit.MILLISECONDS);
        return offset;
    }

    @Override
    public int poll(OpenFile file, Call call) {
        touch(file);
        call.pollWait(arrived);
        return dice().oneIn(2) ? PollEvents.POLLIN : 0;
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException, IOException, InterruptedException {
        touch(file);
        SoakCommand known = SoakCommand.of(command);
        if (known == null) {
            throw Errno.ENOTTY.exception();
        }
        return known.run(this, file, call);
    }

    /** Answers at once, or after a sleep of some kind, or fails. */
    int act(OpenFile file, int result, Call call)
            throws ErrnoException, IOException, InterruptedException {
        touch(file);
        maybeFail();
        long seen = events.get();
        switch (dice().below(16)) {
            case 0 -> {
                return call.wouldBlock(arrived);
            }
            case 1 -> {
                if (call.isTimedOut()) {
                    run.counts().add("without thread: timed out");
                    break;
                }
                return call.wouldBlock(arrived, 500, TimeUnit.MICROSECONDS);
            }
            case 2, 3 -> await(seen, call);
            case 4 -> call.await(arrived, () -> events.get() != seen, 500, TimeUnit.MICROSECONDS);
            case 5 -> sleepAlone(seen, call);
            case 6 -> stock.take(call);
            default -> {}
        }
        touch(file);
        return result;
    }

    private void await(long seen, Call call) throws ErrnoException {
        try {
            call.await(arrived, () -> events.get() != seen);
            run.counts().add("await: woken");
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENODEV.number()) {
                run.counts().add("await: ended by the removal");
            }
            throw e;
        }
    }

    private void sleepAlone(long seen, Call call) throws ErrnoException, InterruptedException {
        if (!hasHook) {
            call.onCancel(
                    () -> {
                        registers.touch();
                        notifyOwnSleepers();
                        run.counts().add("cancellation callback ran");
                    });
        }
        if (call.isNonBlocking()) {
            throw Errno.EAGAIN.exception();
        }
        synchronized (monitor) {
            while (events.get() == seen && !call.isRemoving()) {
                monitor.wait();
            }
        }
        if (call.isRemoving()) {
            run.counts().add("own sleep: ended by the removal");
            throw Errno.ENODEV.exception();
        }
    }

    private void touch(OpenFile file) {
        registers.touch();
        file.privateData(PerOpen.class).memory.touch();
    }

    private void maybeFail() throws ErrnoException, IOException {
        if (dice().oneIn(FAILS_ONE_IN)) {
            StressWorker.current().driverFails();
            switch (dice().below(3)) {
                case 0 -> throw new IllegalStateException(ON_PURPOSE);
                case 1 -> throw new IOException(ON_PURPOSE);
                default -> throw new StackOverflowError(ON_PURPOSE);
            }
        }
    }

    /** The decisions of the caller's step; verbs run on its thread. */
    private static Dice dice() {
        return StressWorker.current().dice();
    }
}
