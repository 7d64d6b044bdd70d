package org.cdevgate.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.devres.Devres;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.CallScope;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.SelfRemovalException;
import org.cdevgate.internal.Waits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device: struct device of linux/device.h. It is reference-counted and outlives its driver: an
 * open file or another driver may keep it ({@link #get}) after it was unbound or unplugged, and
 * finds it there, without a driver. What the driver owns does not outlive the binding.
 *
 * <pre>
 *   UNBOUND ──bus fits a driver──▶ PROBING ──▶ BOUND ──unbind, or the supplier goes──▶ UNBINDING ──▶ UNBOUND
 *                                     └──probe failed──▶ UNBOUND
 * </pre>
 *
 * <p>Unbinding keeps the order of a removal: consumers first; then all gates of the binding are
 * flagged, their sleepers woken, the calls in flight drained, the open files released; then {@link
 * Driver#remove}; then the managed resources in reverse order.
 *
 * <p>All methods may be called by any thread.
 */
public final class Device {
    private static final Logger LOG = LoggerFactory.getLogger(Device.class);

    private enum State {
        UNBOUND,
        PROBING,
        BOUND,
        UNBINDING
    }

    private final String name;
    private final Bus bus;
    private final Device parent;
    private final Runnable release;
    private final AtomicInteger references = new AtomicInteger(1); // the registration's

    // Guarded by this. BOUND is left under the lock of Links too.
    private State state = State.UNBOUND;
    private Thread busy; // who probes or unbinds
    private Binding binding;
    private boolean gone;
    private Object data;
    private final List<Device> children = new ArrayList<>();

    Device(DeviceBuilder builder) {
        name = builder.name;
        bus = builder.bus;
        parent = builder.parent;
        release = builder.release;
        data = builder.data;
        if (parent != null) {
            parent.get();
        }
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
    public Device parent() {
        return parent;
    }

    DeviceModel model() {
        return bus.model();
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
                        + " was released: its last reference is gone; take one before you give it away");
    }

    /**
     * Gives a reference back: put_device(). The last one runs the device's release, on this thread.
     *
     * @throws IllegalStateException if there was none
     */
    public void put() {
        int left;
        do {
            left = references.get();
            if (left == 0) {
                throw new IllegalStateException(
                        "put() of " + this + ", which was released; each get() has one put()");
            }
        } while (!references.compareAndSet(left, left - 1));
        if (left > 1) {
            return;
        }
        try {
            release.run();
        } catch (RuntimeException | Error e) {
            LOG.error("the release of {} failed", this, e);
        }
        if (parent != null) {
            parent.put();
        }
    }

    /** References now; a snapshot. */
    public int references() {
        return references.get();
    }

    /**
     * Data that belong to the device and not to its driver, as a bus or platform code sets them.
     *
     * @param newData managed resources of a driver do not belong here
     */
    public void setData(Object newData) {
        Devres devres;
        synchronized (this) {
            data = newData;
            devres = binding == null ? null : binding.devres;
        }
        if (devres != null) {
            devres.handedTo(newData, "the data of " + this);
        }
    }

    /**
     * What {@link #setData} or {@link DeviceBuilder#data} set, or null.
     *
     * @throws ClassCastException if it is of another type
     */
    public synchronized <T> T data(Class<T> type) {
        return type.cast(data);
    }

    // proofs

    /**
     * The proof for a verb that its device is bound; valid until the verb returns.
     *
     * @throws IllegalStateException if the call is of a gate that is not of this device's binding
     *     (see {@link BoundDevice#addGate})
     */
    public BoundDevice bound(Call call) {
        CallScope scope = call.scope();
        Binding now;
        synchronized (this) {
            now = binding;
        }
        if (now == null || !now.has(scope.gate())) {
            throw new IllegalStateException(
                    "a "
                            + call
                            + " of "
                            + scope.gate()
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
        Binding now;
        synchronized (this) {
            now = state == State.BOUND ? binding : null;
        }
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
    public synchronized boolean isBound() {
        return state == State.BOUND;
    }

    /** The driver, or null. */
    public synchronized Driver driver() {
        return state == State.BOUND ? binding.driver : null;
    }

    synchronized Binding bindingIfBound() {
        return state == State.BOUND ? binding : null;
    }

    /** Whether it was taken off its bus. */
    public synchronized boolean isGone() {
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
        Binding made;
        Device missing;
        int news = model().news();
        synchronized (model().links()) {
            synchronized (this) {
                if (gone || state != State.UNBOUND || !bus.has(driver)) {
                    return state == State.BOUND;
                }
                missing = model().links().missingSupplier(this);
                made = missing == null ? new Binding(this, driver) : null;
                if (made != null) {
                    state = State.PROBING;
                    busy = Thread.currentThread();
                    binding = made;
                }
            }
        }
        if (made == null) {
            model().defer(this, "supplier " + missing + " is not bound", news);
            return false;
        }
        String deferred = null;
        boolean ok = false;
        try {
            made.probe();
            ok = true;
        } catch (ProbeDeferredException e) {
            deferred = e.getMessage();
        } catch (Throwable e) {
            LOG.error("{}: probe of {} failed", this, driver.name(), e);
        }
        if (!ok) {
            made.end(false);
        }
        settle(ok ? State.BOUND : State.UNBOUND);
        if (ok) {
            model().somethingNew();
        } else if (deferred != null) {
            model().defer(this, deferred, news);
        }
        return ok;
    }

    private synchronized void settle(State now) {
        state = now;
        busy = null;
        if (now == State.UNBOUND) {
            binding = null;
        }
        notifyAll();
    }

    /**
     * Unbinds the driver, whatever user space is doing with the device: first every consumer's,
     * then this one's. Returns when nothing of the driver runs or can start, also when another
     * thread does it.
     *
     * @return true for the one caller that did it
     * @throws SelfRemovalException if this thread is inside the device or a consumer of it; nothing
     *     was done
     * @throws IllegalStateException if this thread is in the driver's probe or remove
     */
    public boolean unbind() {
        checkNotInside("Device.unbind()");
        Binding going = beginUnbinding();
        if (going == null) {
            return false;
        }
        try {
            for (Device consumer : model().links().consumers(this)) {
                int news = model().news();
                if (consumer.unbind()) {
                    model().defer(consumer, "supplier " + this + " was unbound", news);
                }
            }
            going.end(true);
        } finally {
            settle(State.UNBOUND);
        }
        return true;
    }

    /** Unbinds it if it is this driver that is bound or being bound. */
    void unbindFrom(Driver driver) {
        synchronized (this) {
            if (binding == null || binding.driver != driver) {
                return;
            }
        }
        unbind();
    }

    /** Takes BOUND away; null if there is nothing to do, once who was doing it has ended. */
    private Binding beginUnbinding() {
        while (true) {
            synchronized (model().links()) {
                synchronized (this) {
                    if (state == State.UNBOUND) {
                        return null;
                    }
                    if (state == State.BOUND) {
                        state = State.UNBINDING;
                        busy = Thread.currentThread();
                        return binding;
                    }
                }
            }
            synchronized (this) {
                boolean unbinding = state == State.UNBINDING;
                Waits.whileTrue(this, () -> busy != null);
                if (unbinding) {
                    return null;
                }
            }
        }
    }

    private void checkNotInside(String method) {
        Binding now;
        synchronized (this) {
            if (busy == Thread.currentThread()) {
                throw new IllegalStateException(
                        method
                                + " of "
                                + this
                                + " on the thread that is in its driver's probe or remove; let"
                                + " these return first");
            }
            now = binding;
        }
        if (now != null) {
            now.checkNotInside(method);
        }
        for (Device consumer : model().links().consumers(this)) {
            consumer.checkNotInside(method);
        }
    }

    // the end

    void adopt(Device child) {
        synchronized (this) {
            if (!gone) {
                children.add(child);
                return;
            }
        }
        throw new IllegalStateException(
                this + " is gone, so nothing can hang on it; remove children before parents");
    }

    private synchronized void leave(Device child) {
        children.remove(child);
    }

    /**
     * Unplugs the device: its children first, then it is unbound, taken off the bus, and the
     * registration's reference given back (device_unregister). References of others keep it.
     *
     * @return true for the one caller that did it
     * @throws SelfRemovalException as {@link #unbind()} does
     */
    public boolean remove() {
        checkNotInside("Device.remove()");
        List<Device> last;
        synchronized (this) {
            last = new ArrayList<>(children);
        }
        for (int i = last.size() - 1; i >= 0; i--) {
            last.get(i).remove();
        }
        boolean first;
        synchronized (this) {
            first = !gone;
            gone = true; // no driver is bound from here on
        }
        unbind();
        if (!first) {
            return false;
        }
        bus.forget(this);
        model().forget(this);
        if (parent != null) {
            parent.leave(this);
        }
        put();
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
