package org.cdevgate.device;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.CallScope;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.StackRoom;
import org.cdevgate.internal.WaitCircles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device: struct device of linux/device.h. It is reference-counted and outlives its driver: an
 * open file or another driver may keep it ({@link #get}) after it was unbound or unplugged, and
 * finds it there, without a driver. What the driver owns does not outlive the binding.
 *
 * <pre>{@code
 * Device sensor = bus.newDevice("sensor0").add();
 * sensor.unbind(); // no verb runs, what the driver acquired is released; the device stays
 * sensor.remove(); // it is unplugged
 * }</pre>
 *
 * <p>Unbinding keeps the order of a removal: consumers first; then all gates of the binding are
 * flagged, their sleepers woken, the calls in flight drained, the open files released; then {@link
 * Driver#remove}; then the managed resources in reverse order. A probe that has not returned, and
 * what calls the driver by itself, is woken where it sleeps in another device, see {@link
 * FopsGate#endSleeps()}.
 *
 * <p>All methods may be called by any thread.
 */
public final class Device {
    private static final Logger LOG = LoggerFactory.getLogger(Device.class);

    private final String name;
    private final Bus bus;
    private final @Nullable Device parent;
    private final Runnable release;
    private final AtomicInteger references = new AtomicInteger(1); // the registration's

    private final Attachment attachment = new Attachment(this);
    private final BoundedWait unbinding = new BoundedWait(this, this::unbind);
    private final BoundedWait removing = new BoundedWait(this, this::remove);
    private final Probes.@Nullable Cause addedIn; // of which probes it is a result

    // Set under this and the lock of Links, before anything is looked up that has to go with it:
    // whoever finds it not set under one of the two is found.
    private volatile boolean gone;

    // Guarded by this.
    private boolean off; // its bus, and its registration's reference is given back
    private @Nullable Object data;
    private final Set<Device> children = new LinkedHashSet<>(); // each leaves it at its end

    Device(DeviceBuilder builder) {
        name = builder.name;
        bus = builder.bus;
        parent = builder.parent;
        release = builder.release;
        data = builder.data;
        addedIn = Probes.ofAdding();
    }

    /** The name, unique on its bus. */
    public String name() {
        return name;
    }

    /** The bus it is on. */
    public Bus bus() {
        return bus;
    }

    /** The device that this one hangs on, or null. */
    public @Nullable Device parent() {
        return parent;
    }

    DeviceModel model() {
        return bus.model();
    }

    Probes.@Nullable Cause addedIn() {
        return addedIn;
    }

    // references

    /**
     * Takes a reference: get_device().
     *
     * @return this
     * @throws IllegalStateException if the last one was given back already
     */
    public Device get() {
        int now = references.get();
        while (now > 0) {
            if (references.compareAndSet(now, now + 1)) {
                return this;
            }
            now = references.get();
        }
        throw new IllegalStateException(
                this
                        + " was released: its last reference is gone; take one before you give it"
                        + " away");
    }

    /**
     * Gives a reference back: put_device(). The last one runs the device's release, on this thread.
     *
     * @throws IllegalStateException if there was none
     */
    public void put() {
        Device device = this; // then the parents that only their last child has kept
        while (device != null) {
            int left;
            do {
                left = device.references.get();
                if (left == 0) {
                    throw new IllegalStateException(
                            "put() of "
                                    + device
                                    + ", which was released; each get() has one put()");
                }
            } while (!device.references.compareAndSet(left, left - 1));
            if (left > 1) {
                return;
            }
            try {
                device.release.run();
            } catch (Throwable e) {
                Reports.error(LOG, "the release of {} failed", device, e);
            }
            device = device.parent;
        }
    }

    /** References now; a snapshot. */
    public int references() {
        return references.get();
    }

    /**
     * Data that belong to the device and not to its driver, as a bus or platform code sets them.
     *
     * @param newData managed resources of a driver do not belong here; null for none
     */
    public void setData(@Nullable Object newData) {
        synchronized (this) {
            data = newData;
        }
        Binding now = attachment.binding();
        if (now != null) {
            now.devres.handedTo(newData, "the data of " + this);
        }
    }

    /**
     * What {@link #setData} or {@link DeviceBuilder#data} set, or null.
     *
     * @throws ClassCastException if it is of another type
     */
    public synchronized <T> @Nullable T data(Class<T> type) {
        return Objects.requireNonNull(type, "type").cast(data);
    }

    // proofs

    /**
     * The proof for a verb that its device is bound; valid until the verb returns.
     *
     * @throws IllegalStateException if the call is of a gate that is not of this device's binding
     *     (see {@link BoundDevice#addGate})
     */
    public BoundDevice bound(Call call) {
        CallScope scope = Objects.requireNonNull(call, "call").scope();
        Binding now = attachment.binding();
        FopsGate gate = scope.gate();
        if (now == null || gate == null || !now.has(gate)) {
            throw new IllegalStateException(
                    "a "
                            + call
                            + " of "
                            + gate
                            + " is no proof that "
                            + this
                            + " is bound; make the gate part of the binding with addGate in probe");
        }
        return new BoundDevice(now, scope::isOpen, () -> {});
    }

    /**
     * The proof for any other code, until it is closed on the same thread; the unbinding waits for
     * that. Empty if the device is not bound or is being unbound. Of an Error between this and the
     * try block that closes it, see {@link FopsGate#enter()}.
     */
    public Optional<BoundDevice> tryEnter() {
        Binding now = attachment.bindingIfBound();
        if (now == null) {
            return Optional.empty();
        }
        BoundDevice bound = now.tryEnter();
        try {
            return Optional.ofNullable(bound);
        } catch (OutOfMemoryError e) {
            if (bound != null) {
                bound.close();
            }
            throw e;
        }
    }

    // binding

    /** Whether a driver is bound. */
    public boolean isBound() {
        return attachment.isBound();
    }

    /** The driver, or null. */
    public @Nullable Driver driver() {
        Binding now = attachment.bindingIfBound();
        return now == null ? null : now.driver;
    }

    @Nullable Binding bindingIfBound() {
        return attachment.bindingIfBound();
    }

    boolean isUnbound() {
        return attachment.isUnbound();
    }

    boolean isProbing() {
        return attachment.isProbing();
    }

    boolean isUnbinding() {
        return attachment.isUnbinding();
    }

    /** Whether its {@link #remove} has begun, or ended. */
    public boolean isGone() {
        return gone;
    }

    /**
     * Looks for a driver on the bus and binds it, as with a write to sysfs' bind.
     *
     * @return whether the device is bound now
     */
    public boolean attach() {
        return bus.attach(this);
    }

    /**
     * Binds a driver that fits.
     *
     * @return whether it is bound now
     */
    boolean bind(Driver driver) {
        return attachment.bind(driver);
    }

    /**
     * Unbinds the driver, whatever user space is doing with the device: first every consumer's,
     * then this one's. Returns when nothing of the driver runs or can start, also when another
     * thread does it.
     *
     * @return true for the one caller that did it
     * @throws SelfRemovalException if this thread is inside the device or a consumer of it; or if a
     *     thread that is there waits for the unbinding of what this one is inside of (the message
     *     tells who waits for whom). It is as it was then
     * @throws IllegalStateException if this thread is in the driver's probe or remove
     */
    public boolean unbind() {
        checkNotInside("Device.unbind()");
        return attachment.unbind(null);
    }

    /**
     * {@link #unbind()} for a limited time, or until this thread is interrupted; an interrupt stays
     * set. The unbinding has a thread of its own, on which the driver's remove() and the release of
     * its resources run, and goes on when the time is over: it ends when what the outcome names has
     * ended. It can be waited for again, by this or by {@link #unbind()}.
     *
     * @param timeout 0 or less begins it and does not wait
     * @throws SelfRemovalException as {@link #unbind()} does
     * @throws OutOfMemoryError if no thread is to be had; nothing was done
     */
    public UnbindOutcome unbind(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        checkUnbindable("Device.unbind(Duration)", List.of(this));
        return unbinding.await(timeout, () -> allRunning(List.of(this)));
    }

    /** Before another thread does it. */
    private static void checkUnbindable(String method, List<Device> devices) {
        for (Device each : devices) {
            each.checkNotInside(method);
        }
        Going.check(method, devices); // the other thread enters its own
    }

    private static List<UnbindOutcome.Culprit> allRunning(List<Device> devices) {
        List<UnbindOutcome.Culprit> running = new ArrayList<>();
        for (Device each : devices) {
            each.stillRunning(running);
        }
        return running;
    }

    void stillRunning(List<UnbindOutcome.Culprit> into) {
        attachment.stillRunning(into);
    }

    void blockers(Thread except, List<WaitCircles.Blocker> into) {
        attachment.blockers(except, into);
    }

    /** This device and all below it, now. */
    private List<Device> tree() {
        List<Device> all = new ArrayList<>();
        all.add(this);
        for (Device child : children()) {
            all.addAll(child.tree());
        }
        return all;
    }

    /** Unbinds it if it is this driver that is bound or being bound. */
    void unbindFrom(Driver driver) {
        Binding now = attachment.binding();
        if (now != null && now.driver == driver) {
            checkNotInside("Bus.removeDriver()");
            attachment.unbind(driver);
        }
    }

    void checkNotInside(String method) {
        attachment.checkNotInside(method);
    }

    // the end

    /**
     * Registers a child. Either the removal of this device has begun, and refuses it, or it finds
     * the child, which nobody has seen before.
     */
    void adopt(Device child) {
        synchronized (this) {
            if (gone) {
                throw new IllegalStateException(
                        this
                                + " is gone, so nothing can hang on it (ENODEV); remove children"
                                + " before parents");
            }
            boolean named = false;
            try {
                children.add(child);
                child.bus.put(child);
                named = true;
            } finally {
                if (!named) {
                    children.remove(child);
                }
            }
            references.incrementAndGet(); // the child's; the registration still has its own
        }
    }

    private synchronized void leave(Device child) {
        children.remove(child);
    }

    private synchronized List<Device> children() {
        return List.copyOf(children);
    }

    /**
     * Unplugs the device: its children first, then it is unbound, taken off the bus, and the
     * registration's reference given back (device_unregister). References of others keep it. From
     * the beginning on it gets no driver and no link, and no device can be added below it.
     *
     * @return true for the one caller that did it
     * @throws SelfRemovalException as {@link #unbind()} does, also of a child; nothing was done
     */
    public boolean remove() {
        StackRoom.requireToLink();
        List<Device> tree = tree();
        for (Device each : tree) {
            each.checkNotInside("Device.remove()");
        }
        Going.enter("Device.remove()", tree);
        try {
            setGone();
            return takeAway();
        } finally {
            WaitCircles.left();
        }
    }

    /**
     * {@link #remove()} for a limited time, as {@link #unbind(Duration)} is for {@link #unbind()}.
     *
     * @param timeout 0 or less begins it and does not wait
     * @throws SelfRemovalException as {@link #remove()} does
     * @throws OutOfMemoryError if no thread is to be had; nothing was done
     */
    public UnbindOutcome remove(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        checkUnbindable("Device.remove(Duration)", tree());
        return removing.await(timeout, () -> allRunning(tree()));
    }

    /** Of the whole tree, so that none of it gets anything new while the rest goes. */
    private void setGone() {
        synchronized (model().links()) {
            synchronized (this) {
                gone = true;
            }
        }
        for (Device child : children()) {
            child.setGone();
        }
    }

    private boolean takeAway() {
        List<Device> all = children(); // no more come
        for (int i = all.size() - 1; i >= 0; i--) {
            all.get(i).takeAway();
        }
        attachment.unbind(null);
        bus.forget(this);
        model().forget(this);
        synchronized (this) {
            if (off) {
                return false;
            }
            off = true;
        }
        boolean given = false;
        try {
            put();
            given = true;
        } finally {
            if (!given && references.get() > 0) { // there was no stack for it; for the next one
                synchronized (this) {
                    off = false;
                }
            }
        }
        if (parent != null) {
            parent.leave(this); // last, so that whoever takes it up finds it
        }
        return true;
    }

    /** The links of this device to and from others; a snapshot. */
    public List<DeviceLink> links() {
        return model().links().of(this);
    }

    @Override
    public String toString() {
        return bus.name() + ":" + name;
    }
}
