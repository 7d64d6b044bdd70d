package org.cdevgate.device;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadPoolExecutor;
import org.cdevgate.internal.DaemonThreads;

/**
 * All buses of a machine with their devices, the links between these, and the probes that wait for
 * something. A program needs one; several do not know of each other.
 *
 * <p>All methods may be called by any thread.
 */
public final class DeviceModel {
    private static final int PROBE_THREADS = 4;

    private final Links links = new Links();
    private final ThreadPoolExecutor probes = DaemonThreads.pool("device-probe", PROBE_THREADS);

    // Guarded by this.
    private final Map<String, Bus> buses = new LinkedHashMap<>();
    private final Map<Device, String> deferred = new LinkedHashMap<>();
    private int news; // so often something was bound, or offered by a bound device
    private int running; // probes that were handed to a thread and have not ended

    /** A model without buses. */
    public DeviceModel() {}

    /**
     * The bus of a name, made if there is none.
     *
     * @param name not empty
     */
    public synchronized Bus bus(String name) {
        if (Objects.requireNonNull(name, "the bus's name").isEmpty()) {
            throw new IllegalArgumentException("a bus needs a name");
        }
        return buses.computeIfAbsent(name, made -> new Bus(this, made));
    }

    /** The buses, in order of making; a snapshot. */
    public synchronized List<Bus> buses() {
        return List.copyOf(buses.values());
    }

    Links links() {
        return links;
    }

    /**
     * Links two devices for as long as both are there: device_link_add(). Links that a driver's
     * request makes need no call of this.
     *
     * @param consumer depends on the supplier
     * @throws DeviceLinkCycleException if the supplier depends on the consumer through managed
     *     links; names the devices in between
     * @throws IllegalArgumentException if they are of different models
     */
    public DeviceLink link(Device consumer, Device supplier, DeviceLink.Kind kind) {
        if (consumer.model() != this || supplier.model() != this) {
            throw new IllegalArgumentException(
                    consumer + " and " + supplier + " are not both devices of this model");
        }
        return links.add(consumer, supplier, kind);
    }

    // probes that wait, and probes on other threads

    /** The devices whose probe waits for something, with what for; a snapshot. */
    public synchronized Map<Device, String> deferred() {
        return Map.copyOf(deferred);
    }

    /** How often there was something new; asked before a device looks for what it needs. */
    synchronized int news() {
        return news;
    }

    /**
     * Lets a device wait for the next news.
     *
     * @param seen {@link #news()} before it looked; if there was some since, it looks again now
     */
    void defer(Device device, String why, int seen) {
        synchronized (this) {
            if (seen == news) {
                deferred.put(device, why);
                return;
            }
        }
        later(device::attach);
    }

    /** A device was bound or offers something new: those that wait look again. */
    void somethingNew() {
        List<Device> waiting;
        synchronized (this) {
            news++;
            waiting = new ArrayList<>(deferred.keySet());
            deferred.clear();
        }
        for (Device device : waiting) {
            later(device::attach);
        }
    }

    void probeLater(Device device, Driver driver) {
        later(() -> device.bind(driver));
    }

    private void later(Runnable probe) {
        synchronized (this) {
            running++;
        }
        probes.execute(
                () -> {
                    try {
                        probe.run();
                    } finally {
                        synchronized (this) {
                            running--;
                            notifyAll();
                        }
                    }
                });
    }

    void forget(Device device) {
        synchronized (this) {
            deferred.remove(device);
        }
        links.forget(device);
    }

    /**
     * Waits until no probe runs on a thread of the model's: wait_for_device_probe(). Devices that
     * wait for something that is not there do not count. Not from inside a probe.
     *
     * @throws InterruptedException if this thread is interrupted
     */
    public synchronized void waitForProbes() throws InterruptedException {
        while (running > 0) {
            wait();
        }
    }
}
