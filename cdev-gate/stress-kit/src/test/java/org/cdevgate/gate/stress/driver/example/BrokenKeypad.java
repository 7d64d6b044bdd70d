package org.cdevgate.gate.stress.driver.example;

import java.nio.ByteBuffer;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.stress.driver.Bench;
import org.cdevgate.gate.stress.driver.DriverFactory;
import org.cdevgate.gate.stress.oracle.Resource;

/**
 * The {@link Keypad} with six errors that drivers have had: each is marked, and found by the
 * stress.
 */
public final class BrokenKeypad implements FileOperations {
    private static final ScheduledExecutorService TIMER =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "broken-keypad-timer");
                        thread.setDaemon(true);
                        return thread;
                    });

    private final Resource registers;
    private final Bench bench;

    // Guarded by this.
    private int pressed;
    private boolean removing;
    private int scansLeft = 200; // so that an example does not run for ever

    private BrokenKeypad(Bench bench) {
        this.bench = bench;
        this.registers = bench.resource("registers");
    }

    /** Makes a device for the stress. */
    public static final class Factory implements DriverFactory {
        @Override
        public GateBuilder make(Bench bench) {
            BrokenKeypad driver = new BrokenKeypad(bench);
            driver.startTimer();
            return bench.gate(driver)
                    .wakeHook(driver::wakeReaders)
                    // 1: the timer goes on, and uses registers that are freed.
                    .onTeardown(driver.registers::free);
        }
    }

    private void startTimer() {
        Future<?> unused = TIMER.schedule(this::tick, 5, TimeUnit.MILLISECONDS);
    }

    private synchronized void tick() {
        registers.touch();
        if (!removing) {
            pressed++;
            notifyAll();
        }
        if (scansLeft-- > 0) {
            startTimer();
        }
    }

    private synchronized void wakeReaders() {
        if (!removing) {
            removing = true;
            notify(); // 2: one of the readers, once; the others sleep on
        }
    }

    private static final class Reader {
        final Resource memory;
        final Resource echo;
        int seen;

        Reader(Resource memory, Resource echo) {
            this.memory = memory;
            this.echo = echo;
        }
    }

    @Override
    public int open(OpenFile file, Call call) {
        Reader reader = new Reader(bench.resource("reader"), bench.resource("echo"));
        file.setPrivateData(reader, gone -> gone.echo.free());
        return 0;
    }

    @Override
    public void release(OpenFile file, Call call) {
        Reader reader = file.privateData(Reader.class);
        if (!call.isRemoving()) {
            reader.memory.free(); // 3: lost if the device is removed before the close
            reader.echo.free(); // 4: the destructor frees it again
        }
    }

    @Override
    public synchronized int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws InterruptedException {
        Reader reader = file.privateData(Reader.class);
        if (call.isNonBlocking()) {
            return -1; // 5: Java's end of file, no result of a verb
        }
        while (reader.seen == pressed && !removing) {
            wait();
        }
        reader.seen = pressed;
        return 0;
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call) {
        return pressed / IoctlCommand.nr((int) argument & 1); // 6: the caller chooses the divisor
    }
}
