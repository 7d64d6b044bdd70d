package org.cdevgate.device;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a {@link Device} is; {@link Bus#newDevice} makes it. For one thread.
 *
 * <pre>{@code
 * Device port = bus.newDevice("1-2.1").parent(hub).data(descriptor).add();
 * }</pre>
 */
public final class DeviceBuilder {
    final Bus bus;
    final String name;
    @Nullable Device parent;
    @Nullable Object data;
    Runnable release = () -> {};

    DeviceBuilder(Bus bus, String name) {
        this.bus = bus;
        this.name = Objects.requireNonNull(name, "deviceName"); // of Bus.newDevice
        if (name.isEmpty()) {
            throw new IllegalArgumentException("deviceName is empty; a device needs a name");
        }
    }

    /** The device that this one hangs on: it is unplugged first, and keeps the parent alive. */
    public DeviceBuilder parent(Device newParent) {
        parent = Objects.requireNonNull(newParent, "newParent");
        return this;
    }

    /**
     * What platform code tells the driver about the device.
     *
     * @param newData null for nothing
     */
    public DeviceBuilder data(@Nullable Object newData) {
        data = newData;
        return this;
    }

    /** Runs when the last reference is given back, on the thread that does so. */
    public DeviceBuilder onRelease(Runnable callback) {
        release = Objects.requireNonNull(callback, "callback");
        return this;
    }

    /**
     * Registers the device and looks for a driver, which may be bound when this returns. If it
     * throws, nobody has seen the device, and its release does not run.
     *
     * @return the device; it may be gone already, if its parent was removed meanwhile
     * @throws IllegalArgumentException if the name is in use on the bus
     * @throws IllegalStateException if the removal of the parent has begun (ENODEV)
     */
    public Device add() {
        return bus.add(new Device(this));
    }
}
