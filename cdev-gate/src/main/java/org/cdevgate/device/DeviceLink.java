package org.cdevgate.device;

/**
 * A dependency between two devices: device_link of linux/device.h. Made by {@link DeviceModel#link}
 * or by a driver's {@link BoundDevice#request}.
 *
 * <pre>{@code
 * DeviceLink link = model.link(codec, clock, DeviceLink.Kind.MANAGED);
 * clock.unbind(); // unbinds the codec first
 * }</pre>
 *
 * <p>While a managed link stands the consumer is probed only when the supplier is bound, and the
 * supplier's unbinding first unbinds the consumer. An optional link changes neither; it says that
 * the consumer can do without.
 */
public final class DeviceLink {
    /** How firm the dependency is. */
    public enum Kind {
        /** The consumer cannot be bound without the supplier. */
        MANAGED,
        /** The consumer stays bound when the supplier goes, whose resources are revoked then. */
        OPTIONAL
    }

    private final Device consumer;
    private final Device supplier;
    private final Kind kind;

    // Guarded by the lock of Links: how often it was made and not removed.
    int uses;

    DeviceLink(Device consumer, Device supplier, Kind kind) {
        this.consumer = consumer;
        this.supplier = supplier;
        this.kind = kind;
    }

    /** Who depends. */
    public Device consumer() {
        return consumer;
    }

    /** On whom. */
    public Device supplier() {
        return supplier;
    }

    /** How firmly. */
    public Kind kind() {
        return kind;
    }

    /** Takes one making of the link back; the link is gone when all have been. */
    public void remove() {
        consumer.model().links().remove(this);
    }

    @Override
    public String toString() {
        return "link of "
                + consumer
                + " to "
                + supplier
                + (kind == Kind.OPTIONAL ? " (optional)" : "");
    }
}
