package org.cdevgate.device.stress.twins;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * <b>Broken</b>: the device is a part of the driver's own struct, as the i2c_adapter is in nearly
 * every adapter driver, and goes with it at the end of remove(). The reference count is right, and
 * nobody asks it.
 */
final class DriversDevice implements HeldDevice {
    private final AtomicInteger references = new AtomicInteger(1);
    private final Memory memory;

    DriversDevice(Memory memory) {
        this.memory = memory;
    }

    @Override
    public void get() {
        references.incrementAndGet();
    }

    @Override
    public void put() {
        if (references.decrementAndGet() < 0) {
            throw new IllegalStateException("more puts than gets");
        }
        // Nothing to free at 0: the device's memory is not its own.
    }

    @Override
    public void unplug() {
        put();
        memory.free(); // kfree() of the driver's struct, with the device in it
    }
}
