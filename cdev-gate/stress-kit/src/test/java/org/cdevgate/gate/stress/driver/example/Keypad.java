package org.cdevgate.gate.stress.driver.example;

import java.nio.ByteBuffer;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.stress.driver.Bench;
import org.cdevgate.gate.stress.driver.DriverFactory;
import org.cdevgate.gate.stress.oracle.Resource;

/** A keypad that a timer scans; each reader gets the keys pressed since it last read. */
public final class Keypad implements FileOperations {
    /** How many keys were pressed. */
    public static final int COUNT = IoctlCommand.ior('K', 1, Integer.BYTES);

    /** What the hardware is to the driver. */
    public interface Registers {
        /** Whether a key is down. */
        boolean scan();
    }

    private static final ScheduledExecutorService TIMER =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "keypad-timer");
                        thread.setDaemon(true);
                        return thread;
                    });

    private final Registers registers;
    private final Bench bench;
    private final WaitQueue keys = new WaitQueue("keys");

    // Guarded by this.
    private Future<?> timer;
    private int pressed;
    private boolean stopped;

    private Keypad(Registers registers, Bench bench) {
        this.registers = registers;
        this.bench = bench;
    }

    /** Makes a device for the stress; a class of its own so that the command line finds it. */
    public static final class Factory implements DriverFactory {
        @Override
        public GateBuilder make(Bench bench) {
            Resource hardware = bench.resource("registers");
            Registers watched = hardware.guard(Registers.class, () -> true);
            Keypad driver = new Keypad(watched, bench);
            driver.startTimer();
            return bench.gate(driver)
                    .onTeardown(hardware::free) // teardowns run in reverse order
                    .onTeardown(driver::stopTimer);
        }
    }

    private synchronized void startTimer() {
        timer = TIMER.scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.MILLISECONDS);
    }

    private synchronized void tick() {
        if (!stopped && registers.scan()) {
            pressed++;
            keys.wakeUp();
        }
    }

    private synchronized void stopTimer() {
        stopped = true; // no tick is running, and the next does nothing
        timer.cancel(false);
    }

    private static final class Reader {
        final Resource memory;
        int seen;

        Reader(Resource memory) {
            this.memory = memory;
        }
    }

    @Override
    public int open(OpenFile file, Call call) {
        Reader reader = new Reader(bench.resource("reader"));
        file.setPrivateData(reader, gone -> gone.memory.free());
        return 0;
    }

    @Override
    public synchronized int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        Reader reader = file.privateData(Reader.class);
        reader.memory.touch();
        if (reader.seen == pressed) {
            return call.wouldBlock(keys);
        }
        int count = Math.min(pressed - reader.seen, dst.remaining());
        for (int i = 0; i < count; i++) {
            dst.put((byte) reader.seen++);
        }
        return count;
    }

    @Override
    public synchronized int poll(OpenFile file, Call call) {
        call.pollWait(keys);
        return file.privateData(Reader.class).seen == pressed ? 0 : PollEvents.POLLIN;
    }

    @Override
    public synchronized int ioctl(
            OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        if (command != COUNT) {
            throw Errno.ENOTTY.exception();
        }
        data.putInt(0, pressed);
        return 0;
    }
}
