package org.cdevgate.device;

import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.cdevgate.devres.Devres;
import org.cdevgate.gate.DriverAction;
import org.cdevgate.gate.FopsGate;
import org.jspecify.annotations.Nullable;

/**
 * The proof that a device is bound to its driver, and stays so: it is handed only to code that the
 * unbinding of the device waits for. As {@code Device<Bound>} of Rust for Linux, with the
 * difference that Java cannot keep it from escaping its scope; so each use checks that the scope is
 * still open, and throws if it is not.
 *
 * <pre>{@code
 * public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
 *     BoundDevice bound = device.bound(call);
 *     return registers.access(bound).read(dst); // the unbinding waits for this verb
 * }
 * }</pre>
 *
 * <p>Where it comes from: {@link Driver#probe} and {@link Driver#remove} get one; {@link
 * Device#bound} gives one to a verb, valid until the verb returns; {@link Device#tryEnter} gives
 * one to any other code, until it is closed; work items, timers and interrupt handlers get one for
 * each run.
 *
 * <p>May be used by any thread while the scope is open.
 */
public final class BoundDevice implements AutoCloseable {
    private final Binding binding;
    private final BooleanSupplier scope;
    private final Runnable end;

    BoundDevice(Binding binding, BooleanSupplier scope, Runnable end) {
        this.binding = binding;
        this.scope = scope;
        this.end = end;
    }

    /**
     * Checks that the scope is open.
     *
     * @throws IllegalStateException if it has ended: this object was kept longer than it may
     */
    public void check() {
        if (!scope.getAsBoolean()) {
            throw new IllegalStateException(
                    "the proof that "
                            + binding.device
                            + " is bound was used after its scope had ended; it is valid inside the"
                            + " verb, handler, probe or remove that got it, or until close()");
        }
    }

    /** Whether the scope is open. */
    public boolean isValid() {
        return scope.getAsBoolean();
    }

    /** The device; may be kept, and outlives the binding (take a reference with get()). */
    public Device device() {
        return binding.device;
    }

    /** Whether both are proofs of the same binding of the same device. */
    public boolean isOfSameBinding(BoundDevice other) {
        return binding == Objects.requireNonNull(other, "other").binding;
    }

    /**
     * The managed resources of this binding, released in reverse order after the driver's remove().
     */
    public Devres devres() {
        check();
        return binding.devres;
    }

    /**
     * Makes a node's gate part of this binding: all gates of the binding are removed as one group
     * when the device is unbound, before {@link Driver#remove}. Add it before it is published.
     *
     * @return the gate
     * @throws IllegalStateException if the device is being unbound; the gate is removed then
     */
    public FopsGate addGate(FopsGate gate) {
        Objects.requireNonNull(gate, "gate");
        check();
        binding.addGate(gate);
        return gate;
    }

    /**
     * Makes something that calls the driver by itself part of this binding, see {@link
     * BoundCaller}. It is shut with the managed resources, in reverse order of registration.
     *
     * @param name for reports
     * @throws IllegalStateException if no driver is bound any more
     */
    public BoundCaller addCaller(String name) {
        return addCaller(name, () -> {});
    }

    /**
     * {@link #addCaller(String)} with something to do before it is shut at the unbinding: to stop
     * what makes the calls.
     */
    public BoundCaller addCaller(String name, DriverAction stop) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(stop, "stop");
        check();
        return new BoundCaller(binding, name, stop);
    }

    /** The gates of this binding that are not removed; a snapshot. */
    public List<FopsGate> gates() {
        return binding.gates();
    }

    /**
     * Keeps what the driver has for this device, until it is unbound (dev_set_drvdata).
     *
     * @param data not null
     */
    public void setDriverData(Object data) {
        Objects.requireNonNull(data, "data");
        check();
        binding.driverData = data;
    }

    /**
     * What {@link #setDriverData} kept, or null.
     *
     * @throws ClassCastException if it is of another type
     */
    public <T> @Nullable T driverData(Class<T> type) {
        Objects.requireNonNull(type, "type");
        check();
        return type.cast(binding.driverData);
    }

    /**
     * Offers something to other devices' drivers, for as long as this device is bound. Ended by the
     * release of managed resources; consumers are unbound before that.
     *
     * @param id tells several of a type apart; empty if there is one
     * @throws IllegalStateException if this device provides the same already
     */
    public <T> void provide(Class<T> type, String id, T resource) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(resource, "resource");
        check();
        binding.provide(type, id, type.cast(resource));
    }

    /**
     * Gets what another device's driver provides, and links the two: this device is unbound before
     * the supplier is. For probe.
     *
     * @throws ProbeDeferredException if the supplier is not bound, or does not provide it (yet)
     * @throws DeviceLinkCycleException if the supplier depends on this device
     */
    public <T> T request(Device supplier, Class<T> type, String id) throws ProbeDeferredException {
        return request(supplier, type, id, DeviceLink.Kind.MANAGED);
    }

    /**
     * {@link #request} without being unbound with the supplier: what is provided should be a
     * resource that can be revoked, and every use must be prepared for that. The legal shape of
     * mutual use: one of the two ways is like this.
     *
     * @throws ProbeDeferredException if the supplier is not bound, or does not provide it (yet)
     */
    public <T> T requestOptional(Device supplier, Class<T> type, String id)
            throws ProbeDeferredException {
        return request(supplier, type, id, DeviceLink.Kind.OPTIONAL);
    }

    private <T> T request(Device supplier, Class<T> type, String id, DeviceLink.Kind kind)
            throws ProbeDeferredException {
        Objects.requireNonNull(supplier, "supplier");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(id, "id");
        check();
        return binding.request(supplier, type, id, kind);
    }

    /**
     * Ends the scope of {@link Device#tryEnter}; on the thread that entered. Does nothing to other
     * proofs, whose scope ends by itself.
     */
    @Override
    public void close() {
        end.run();
    }

    @Override
    public String toString() {
        return "proof that " + binding.device + " is bound" + (isValid() ? "" : " (over)");
    }
}
