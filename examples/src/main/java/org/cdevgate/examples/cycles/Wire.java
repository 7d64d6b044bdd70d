package org.cdevgate.examples.cycles;

import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.drivers.GpioHardware;

/**
 * The world outside: changes lines of the adapter that is plugged in, and of one just unplugged.
 */
final class Wire implements AutoCloseable {
    private static final long BETWEEN_NANOS = 50_000;

    private final Random random;
    private final Thread thread = new Thread(this::run, "wire");
    private volatile GpioHardware hardware;
    private volatile boolean over;

    Wire(long seed) {
        random = new Random(seed);
        thread.setDaemon(true);
        thread.start();
    }

    /** From now on these lines change; null for none. */
    void connect(GpioHardware to) {
        hardware = to;
    }

    private void run() {
        while (!over) {
            GpioHardware now = hardware;
            if (now != null) {
                now.toggle(random.nextInt(Clients.CHANGING_LINES));
            }
            LockSupport.parkNanos(BETWEEN_NANOS);
        }
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it ends by itself all the same
        }
    }
}
