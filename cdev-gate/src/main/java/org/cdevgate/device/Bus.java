package org.cdevgate.device;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where devices and drivers meet: struct bus_type of linux/device/bus.h. A device is offered to the
 * drivers in order of their registration, a driver to the devices in order of theirs; the first
 * that fits and whose probe succeeds is bound.
 *
 * <p>All methods may be called by any thread.
 */
public final class Bus {
    private final DeviceModel model;
    private final String name;

    // Guarded by this.
    private final Map<String, Device> devices = new LinkedHashMap<>();
    private final List<Driver> drivers = new ArrayList<>();

    Bus(DeviceModel model, String name) {
        this.model = model;
        this.name = name;
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The model it belongs to. */
    public DeviceModel model() {
        return model;
    }

    /**
     * A device to be registered.
     *
     * @param deviceName unique on the bus, not empty
     */
    public DeviceBuilder newDevice(String deviceName) {
        return new DeviceBuilder(this, deviceName);
    }

    Device add(Device device) {
        synchronized (this) {
            if (devices.putIfAbsent(device.name(), device) != null) {
                throw new IllegalArgumentException(
                        "bus " + name + " has a device " + device.name() + " already");
            }
        }
        boolean adopted = false;
        try {
            if (device.parent() != null) {
                device.parent().adopt(device);
            }
            adopted = true;
        } finally {
            if (!adopted) {
                forget(device);
            }
        }
        attach(device);
        return device;
    }

    boolean attach(Device device) {
        for (Driver driver : drivers()) {
            if (driver.matches(device) && probe(device, driver)) {
                return true;
            }
        }
        return device.isBound();
    }

    private boolean probe(Device device, Driver driver) {
        if (!driver.probesAsynchronously()) {
            return device.bind(driver);
        }
        model.probeLater(device, driver);
        return false;
    }

    /**
     * Registers a driver and binds it to the devices that it fits and that have none.
     *
     * @throws IllegalArgumentException if it is registered already
     */
    public void addDriver(Driver driver) {
        Objects.requireNonNull(driver, "the driver");
        List<Device> all;
        synchronized (this) {
            if (drivers.contains(driver)) {
                throw new IllegalArgumentException(
                        "driver " + driver.name() + " is registered on bus " + name + " already");
            }
            drivers.add(driver);
            all = List.copyOf(devices.values());
        }
        for (Device device : all) {
            if (!device.isBound() && driver.matches(device)) {
                probe(device, driver);
            }
        }
    }

    /**
     * Takes a driver away: unbinds all its devices, in reverse order, and returns when nothing of
     * it runs or can start. Does nothing if it is not registered.
     *
     * @throws org.cdevgate.gate.SelfRemovalException if this thread is inside one of its devices;
     *     devices before that one are unbound
     */
    public void removeDriver(Driver driver) {
        List<Device> all;
        synchronized (this) {
            drivers.remove(driver);
            all = new ArrayList<>(devices.values());
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            all.get(i).unbindFrom(driver);
        }
    }

    synchronized void forget(Device device) {
        devices.remove(device.name(), device);
    }

    synchronized boolean has(Driver driver) {
        return drivers.contains(driver);
    }

    /** The devices, in order of registration; a snapshot. */
    public synchronized List<Device> devices() {
        return List.copyOf(devices.values());
    }

    /** The device of a name, or null. */
    public synchronized Device device(String deviceName) {
        return devices.get(deviceName);
    }

    /** The drivers, in order of registration; a snapshot. */
    public synchronized List<Driver> drivers() {
        return List.copyOf(drivers);
    }

    @Override
    public String toString() {
        return "bus " + name;
    }
}
