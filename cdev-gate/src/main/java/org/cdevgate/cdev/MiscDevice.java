package org.cdevgate.cdev;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.front.RemovalListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registered misc device: struct miscdevice of linux/miscdevice.h. Its data belong to the device
 * and not to the registration: each open file keeps them too, so a release that comes after the
 * removal (late release) finds them there. In the kernel they are the driver's, and are freed too
 * early by drivers that free them at misc_deregister().
 *
 * <pre>{@code
 * MiscDevice<Log> device =
 *         misc.register("log", MiscDevices.DYNAMIC_MINOR, 0600, new Log(), Log::free,
 *                 made -> new LogDriver(made.data()), GateBuilder::lateRelease);
 * device.deregister(); // a file that is still open keeps the data
 * }</pre>
 *
 * <p>All methods may be called by any thread.
 */
public final class MiscDevice<T> {
    private static final Logger LOG = LoggerFactory.getLogger(MiscDevice.class);

    private final String name;
    private final T data;
    private final Consumer<? super T> release;
    private final AtomicInteger references = new AtomicInteger(1); // the registration's
    private volatile @Nullable Registered registered; // null while its driver is made

    private record Registered(FopsGate gate, DeviceNumber number) {}

    MiscDevice(String name, T data, Consumer<? super T> release) {
        this.name = name;
        this.data = data;
        this.release = release;
    }

    void published(FopsGate gate, DeviceNumber number) {
        registered = new Registered(gate, number);
    }

    private Registered registered() {
        Registered now = registered;
        if (now == null) {
            throw new IllegalStateException(
                    this
                            + " has no gate and no number before its driver is made; use them when"
                            + " register() has returned, or in a verb");
        }
        return now;
    }

    RemovalListener whenGone() {
        return new RemovalListener() {
            @Override
            public void onTornDown() {
                put(); // the teardown callbacks may use the data
            }
        };
    }

    void get() {
        references.incrementAndGet();
    }

    void put() {
        if (references.decrementAndGet() == 0) {
            try {
                release.accept(data);
            } catch (RuntimeException | Error e) {
                LOG.error("the release of the data of {} failed", name, e);
            }
        }
    }

    /** The name below /dev. */
    public String name() {
        return name;
    }

    /**
     * The number.
     *
     * @throws IllegalStateException while its driver is made
     */
    public DeviceNumber number() {
        return registered().number;
    }

    /** The driver's data, valid while the device is registered or a file of it is open. */
    public T data() {
        return data;
    }

    /**
     * The gate: what callers go through, and what else there is to a removal.
     *
     * @throws IllegalStateException while its driver is made
     */
    public FopsGate gate() {
        return registered().gate;
    }

    /**
     * Removes the device: misc_deregister(), with the promise of {@link FopsGate#unregisterSync()}.
     *
     * @return true for the one caller that did it
     * @throws org.cdevgate.gate.removal.SelfRemovalException if this thread is inside
     */
    public boolean deregister() {
        return gate().unregisterSync();
    }

    @Override
    public String toString() {
        return "misc device " + name;
    }
}
