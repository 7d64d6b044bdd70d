package org.cdevgate.device;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.cdevgate.internal.SlowWait;
import org.cdevgate.internal.Waits;

/**
 * All buses of a machine with their devices, the links between these, and the probes that wait for
 * something. A program needs one; several do not know of each other.
 *
 * <pre>{@code
 * DeviceModel model = new DeviceModel();
 * Bus platform = model.bus("platform");
 * model.waitForProbes(); // of drivers that are probed on other threads
 * }</pre>
 *
 * <p>All methods may be called by any thread.
 */
public final class DeviceModel {
    private final Links links = new Links();
    private final Probes probes;
    private volatile long slowDrainNanos = SlowWait.THRESHOLD.toNanos();

    // Guarded by this.
    private final Map<String, Bus> buses = new LinkedHashMap<>();

    /** A model without buses. */
    public DeviceModel() {
        this(new Probes());
    }

    DeviceModel(Probes probes) {
        this.probes = probes;
    }

    /**
     * Sets how long a wait for a device may take until it is reported, as a warning that names who
     * is waited for: for another unbinder or a probe, for calls that entered by {@link
     * Device#tryEnter}, for what calls the driver by itself, for a driver's {@link Driver#remove}
     * and the release of its managed resources, for {@link #waitForProbes}. It is reported again
     * each time that as much as was waited has passed. A node's gate has its own, see {@link
     * org.cdevgate.gate.GateBuilder#slowDrain}.
     *
     * @param threshold more than zero; 10 s if nobody sets it; for bindings that begin from now on.
     *     Nothing is reported with that of {@link java.time.temporal.ChronoUnit#FOREVER}
     * @throws IllegalArgumentException if it is not
     */
    public void slowDrain(Duration threshold) {
        Objects.requireNonNull(threshold, "threshold");
        if (threshold.isNegative() || threshold.isZero()) {
            throw new IllegalArgumentException(
                    "slow drain threshold " + threshold + "; give more than zero");
        }
        slowDrainNanos = Waits.nanos(threshold);
    }

    long slowDrainNanos() {
        return slowDrainNanos;
    }

    /**
     * The bus of a name, made if there is none.
     *
     * @param name not empty
     */
    public synchronized Bus bus(String name) {
        if (Objects.requireNonNull(name, "name").isEmpty()) {
            throw new IllegalArgumentException("name is empty; a bus needs one");
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

    Probes probes() {
        return probes;
    }

    /**
     * Links two devices for as long as both are there: device_link_add(). Links that a driver's
     * request makes need no call of this.
     *
     * @param consumer depends on the supplier
     * @throws DeviceLinkCycleException if the supplier depends on the consumer through managed
     *     links; names the devices in between
     * @throws IllegalArgumentException if they are of different models
     * @throws IllegalStateException if one of them is being unplugged or was; or if the supplier of
     *     a managed link is being unbound while the consumer has a driver
     */
    public DeviceLink link(Device consumer, Device supplier, DeviceLink.Kind kind) {
        Objects.requireNonNull(consumer, "consumer");
        Objects.requireNonNull(supplier, "supplier");
        Objects.requireNonNull(kind, "kind");
        if (consumer.model() != this || supplier.model() != this) {
            throw new IllegalArgumentException(
                    consumer + " and " + supplier + " are not both devices of this model");
        }
        return links.addByHand(consumer, supplier, kind);
    }

    // probes that wait, and probes on other threads

    /**
     * The devices whose probe waits for something, with what for; a snapshot. They are probed again
     * when another device has been bound, or offers something new.
     */
    public Map<Device, String> deferred() {
        return probes.deferred();
    }

    void forget(Device device) {
        probes.forget(device);
        links.forget(device);
    }

    /**
     * Waits until no probe runs on a thread of the model's: wait_for_device_probe(). Devices that
     * wait for something that is not there do not count.
     *
     * @throws InterruptedException if this thread is interrupted
     * @throws IllegalStateException in a probe that runs on a thread of the model's, or if one of
     *     these probes waits for this thread; names who waits for whom
     */
    public void waitForProbes() throws InterruptedException {
        probes.await(slowDrainNanos);
    }
}
