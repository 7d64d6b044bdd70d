package org.cdevgate.device;

/**
 * What a driver does for the devices that it fits: struct device_driver of linux/device/driver.h.
 * One object serves all its devices; what belongs to one device goes into {@link
 * BoundDevice#setDriverData}.
 *
 * <pre>{@code
 * public void probe(BoundDevice bound) {
 *     Registers mapped = bound.devres().add("registers", map(bound.device()), Registers::unmap);
 *     bound.setDriverData(mapped); // unmapped when the device is unbound
 * }
 * }</pre>
 *
 * <p>For one device its methods are never called at the same time. Different devices may be probed
 * and removed by different threads at once.
 */
public interface Driver {
    /** The name, for reports. */
    String name();

    /**
     * Whether it fits a device; called under no lock, must not block. If it throws, that is logged,
     * and it does not fit.
     */
    boolean matches(Device device);

    /**
     * Whether probe is to run on a thread of the model's, so that slow devices do not hold each
     * other up (PROBE_PREFER_ASYNCHRONOUS).
     */
    default boolean probesAsynchronously() {
        return false;
    }

    /**
     * Begins to drive a device: acquires resources, and publishes nodes last, because callers come
     * as soon as a node is there. If it throws, everything it registered with {@code bound} is
     * undone: nodes are flagged and drained, managed resources released in reverse order. If this
     * device or a supplier of it is unbound meanwhile then probe does not sleep in other devices'
     * verbs any more, which answer ENODEV instead; it is to return or throw.
     *
     * <p>Devices that it adds come last too: one that is bound is news for all that wait, also for
     * a probe that is then deferred itself.
     *
     * @param bound valid until probe returns; keep {@link BoundDevice#device()}, not this
     * @throws ProbeDeferredException if something that the device needs is not there yet; probe is
     *     called again when another device has been bound
     * @throws Exception if the device cannot be driven; it stays unbound
     */
    void probe(BoundDevice bound) throws Exception;

    /**
     * Ends to drive a device, between the drain of its nodes and the release of its managed
     * resources: no verb of the device runs or can start, all managed resources are still there. It
     * may use suppliers, and sleep in their verbs. What it throws is logged; the device is unbound
     * all the same.
     *
     * @param bound valid until remove returns
     */
    default void remove(BoundDevice bound) throws Exception {}
}
