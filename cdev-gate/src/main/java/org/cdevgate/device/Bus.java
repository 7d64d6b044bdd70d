package org.cdevgate.device;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.StackRoom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where devices and drivers meet: struct bus_type of linux/device/bus.h. A device is offered to the
 * drivers in order of their registration, a driver to the devices in order of theirs; the first
 * that fits and whose probe succeeds is bound.
 *
 * <pre>{@code
 * Bus usb = new DeviceModel().bus("usb");
 * usb.addDriver(new KeyboardDriver());
 * Device keyboard = usb.newDevice("1-2").data(descriptor).add(); // probed when it returns
 * }</pre>
 *
 * <p>All methods may be called by any thread.
 */
public final class Bus {
    private static final Logger LOG = LoggerFactory.getLogger(Bus.class);

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

    /** Registers a device, or throws, and then nobody has seen it. */
    Device add(Device device) {
        StackRoom.requireToLink(); // so that what was seen is never taken back
        if (device.parent() == null) {
            put(device);
        } else {
            device.parent().adopt(device);
        }
        attach(device);
        return device;
    }

    /**
     * Gives a device its name. Its parent does it, under its lock, so that its removal has either
     * begun, and refuses the child, or finds it.
     */
    synchronized void put(Device device) {
        if (devices.putIfAbsent(device.name(), device) != null) {
            throw new IllegalArgumentException(
                    "bus " + name + " has a device " + device.name() + " already");
        }
    }

    /** Never throws: what a driver throws is logged, and the device waits if it was an Error. */
    boolean attach(Device device) {
        try {
            for (Driver driver : drivers()) {
                if (matches(driver, device) && probe(device, driver)) {
                    return true;
                }
            }
        } catch (Throwable e) {
            notLookedFor(device, e);
        }
        return device.isBound();
    }

    private void notLookedFor(Device device, Throwable e) {
        Reports.error(LOG, "{} was not offered to all drivers; it waits for news", device, e);
        model.probes().keep(device, "looking for a driver failed: " + e.getClass().getSimpleName());
    }

    private static boolean matches(Driver driver, Device device) {
        try {
            return driver.matches(device);
        } catch (RuntimeException e) {
            Reports.error(LOG, "matches({}) of a driver failed, so it does not fit", device, e);
            return false;
        }
    }

    private boolean probe(Device device, Driver driver) {
        if (!driver.probesAsynchronously()) {
            return device.bind(driver);
        }
        model.probes().probeLater(device, driver);
        return false;
    }

    /**
     * Registers a driver and binds it to the devices that it fits and that have none.
     *
     * @throws IllegalArgumentException if it is registered already
     */
    public void addDriver(Driver driver) {
        Objects.requireNonNull(driver, "driver");
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
            try {
                if (!device.isBound() && matches(driver, device)) {
                    probe(device, driver);
                }
            } catch (Throwable e) {
                notLookedFor(device, e);
            }
        }
    }

    /**
     * Takes a driver away: unbinds all its devices, in reverse order, and returns when nothing of
     * it runs or can start. Does nothing if it is not registered.
     *
     * @throws org.cdevgate.gate.removal.SelfRemovalException if this thread is inside one of its
     *     devices; devices before that one are unbound
     */
    public void removeDriver(Driver driver) {
        Objects.requireNonNull(driver, "driver");
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
    public synchronized @Nullable Device device(String deviceName) {
        return devices.get(Objects.requireNonNull(deviceName, "deviceName"));
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
