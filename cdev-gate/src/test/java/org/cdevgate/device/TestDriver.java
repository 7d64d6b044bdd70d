package org.cdevgate.device;

/**
 * The driver of the device of its name, which does what a test says.
 *
 * @param name of driver and device
 * @param atProbe what it does in probe
 * @param atRemove what it does in remove
 */
public record TestDriver(String name, Step atProbe, Step atRemove) implements Driver {
    /** What a driver does. */
    @FunctionalInterface
    public interface Step {
        void run(BoundDevice bound) throws Exception;
    }

    /** One that does nothing in remove. */
    public TestDriver(String name, Step atProbe) {
        this(name, atProbe, bound -> {});
    }

    /** Adds a device to a bus and binds it to such a driver. */
    public static Device bound(Bus bus, String name, Step atProbe) {
        bus.addDriver(new TestDriver(name, atProbe));
        Device device = bus.newDevice(name).add();
        if (!device.isBound()) {
            throw new AssertionError("the probe of " + name + " failed; see the log");
        }
        return device;
    }

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
