package org.cdevgate.device.stress;

import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Bus;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.device.Driver;

/** One bus, whose drivers know their device by its name and do what a test says. */
public final class Machine {
    private final DeviceModel model = new DeviceModel();
    private final Bus bus = model.bus("stress");

    /** What a driver does in its probe or remove. */
    @FunctionalInterface
    public interface Step {
        void run(BoundDevice bound) throws Exception;
    }

    /** A bound device, and what its driver made in probe. */
    public record Made<T>(Device device, T it) {}

    /** Binds a device on a machine of its own to a driver that makes something in probe. */
    public static <T> Made<T> make(Function<BoundDevice, T> maker) {
        AtomicReference<T> made = new AtomicReference<>();
        Device device = new Machine().bind("device", bound -> made.set(maker.apply(bound)));
        return new Made<>(device, made.get());
    }

    /** Reports no wait that takes long: whoever decides who goes on lets any wait take long. */
    public Machine withoutReports() {
        model.slowDrain(ChronoUnit.FOREVER.getDuration());
        return this;
    }

    /** A device that no driver is bound to. */
    public Device plug(String name) {
        return bus.newDevice(name).add();
    }

    /** Looks for a driver of a device's, whose probe may fail or be deferred. */
    public void addDriver(Device device, Step probe, Step remove) {
        addDriver(device.name(), probe, remove);
    }

    /** {@link #addDriver(Device, Step, Step)} for a device that may not be there yet. */
    public void addDriver(String name, Step probe, Step remove) {
        bus.addDriver(new OneDevice(name, probe, remove));
    }

    /**
     * Plugs a device in and binds it.
     *
     * @throws AssertionError if the probe failed
     */
    public Device bind(String name, Step probe) {
        return bind(plug(name), probe);
    }

    /**
     * Binds a device that is plugged in.
     *
     * @throws AssertionError if the probe failed
     */
    public Device bind(Device device, Step probe) {
        addDriver(device, probe, bound -> {});
        if (!device.isBound()) {
            throw new AssertionError("the probe of " + device + " failed");
        }
        return device;
    }

    /** The bus. */
    public Bus bus() {
        return bus;
    }

    /** Waits until no probe runs on a thread of the model's. */
    void awaitProbes() {
        try {
            model.waitForProbes();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts a test", e);
        }
    }

    private record OneDevice(String name, Step atProbe, Step atRemove) implements Driver {
        @Override
        public boolean matches(Device device) {
            return device.name().equals(name);
        }

        @Override
        public void probe(BoundDevice bound) throws Exception {
            atProbe.run(bound);
        }

        @Override
        public void remove(BoundDevice bound) throws Exception {
            atRemove.run(bound);
        }
    }
}
