package org.cdevgate.device;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.devres.Devres;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateGroup;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.SlowStep;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stretch of time in which a device is bound to a driver. Its own gate, which has no verbs,
 * stands for code that enters by {@link Device#tryEnter}; with the gates of the nodes it forms the
 * group that is removed when the device is unbound.
 */
final class Binding {
    private static final Logger LOG = LoggerFactory.getLogger(Device.class);

    final Device device;
    final Driver driver;
    private final String name; // the driver's
    final Devres devres;
    volatile @Nullable Object driverData;

    private final FopsGate entered;

    // In order of registration. Guarded by itself.
    private final PurgedSet<FopsGate> gates = new PurgedSet<>(FopsGate::isRemoved);
    private final Set<FopsGate> callers = new LinkedHashSet<>();
    private boolean unbinding;
    private boolean sleepless;

    // Of the thread that probes or unbinds; the lock of the Attachment is between two of these.
    private boolean bound;
    private boolean toldToRemove;
    private @Nullable String missing;
    private volatile String step = "probe"; // what that thread does, for people

    // Guarded by itself.
    private final Map<Provided, Object> provided = new HashMap<>();

    /** What a device offers to others. */
    private record Provided(Class<?> type, String id) {}

    /** Proofs of probe and remove, which are closed when these return. */
    private static final class Section {
        volatile boolean open = true;
        long ticket;
    }

    Binding(Device device, Driver driver) {
        this.device = device;
        this.driver = driver;
        this.name = driver.name();
        this.devres = new Devres(device.name());
        this.entered =
                FopsGate.builder(device.name() + " (bound)", new FileOperations() {})
                        .slowDrain(Duration.ofNanos(device.model().slowDrainNanos()))
                        .build();
        gates.add(entered);
    }

    // proofs

    private BoundDevice proof(Section section) {
        return new BoundDevice(this, () -> section.open, () -> {});
    }

    @Nullable BoundDevice tryEnter() {
        return enter(entered);
    }

    /** A proof that lasts until it is closed; null if the gate is being removed. */
    @Nullable BoundDevice enter(FopsGate gate) {
        // Made before it enters, for from then on nothing may fail.
        Section section = new Section();
        BoundDevice bound =
                new BoundDevice(
                        this,
                        () -> section.open,
                        () -> {
                            if (section.open) {
                                // Throws on another thread, and changes nothing.
                                gate.exit(section.ticket);
                                section.open = false;
                            }
                        });
        try {
            section.ticket = gate.enter();
        } catch (ErrnoException e) {
            return null;
        }
        return bound;
    }

    /** Runs something with a proof, inside a gate; false if that is being removed. */
    <X extends Exception> boolean tryRun(FopsGate gate, BoundCaller.Function<X> function) throws X {
        Section section = new Section();
        BoundDevice bound = new BoundDevice(this, () -> section.open, () -> section.open = false);
        return gate.tryRun(
                () -> {
                    try {
                        function.run(bound);
                    } finally {
                        section.open = false;
                    }
                });
    }

    // gates

    void addGate(FopsGate gate) {
        synchronized (gates) {
            if (!unbinding) {
                gates.add(gate);
                return;
            }
        }
        gate.unregisterSync();
        throw new IllegalStateException(
                device + " is being unbound, so " + gate + " was removed instead of published");
    }

    List<FopsGate> gates() {
        synchronized (gates) {
            return gates.all().stream()
                    .filter(each -> each != entered && !each.isRemoved())
                    .toList();
        }
    }

    boolean has(FopsGate gate) {
        synchronized (gates) {
            return gates.contains(gate);
        }
    }

    /** Refuses to go on where the unbinding would wait for this thread. */
    void checkNotInside(String method) {
        GateGroup.of(allGates()).checkNotInside(method);
    }

    void addCallerGate(FopsGate gate) {
        boolean late;
        synchronized (gates) {
            callers.add(gate);
            late = sleepless;
        }
        if (late) {
            gate.endSleeps();
        }
    }

    /**
     * The binding is to end, and waits for what still runs: its probe, and what calls the driver by
     * itself. From here on none of that sleeps, in whatever device, or it might wait for an answer
     * that never comes; remove() and the release of managed resources may.
     */
    void endSleeps() {
        List<FopsGate> all;
        synchronized (gates) {
            sleepless = true;
            all = new ArrayList<>(callers);
        }
        entered.endSleeps();
        all.forEach(FopsGate::endSleeps);
    }

    void removeCallerGate(FopsGate gate) {
        synchronized (gates) {
            callers.remove(gate);
        }
    }

    // what it offers

    <T> void provide(Class<T> type, String id, T resource) {
        Provided key = new Provided(type, id);
        synchronized (provided) {
            if (provided.putIfAbsent(key, resource) != null) {
                throw new IllegalStateException(
                        device + " provides a " + type.getSimpleName() + " \"" + id + "\" already");
            }
        }
        devres.addAction(
                "offer of " + type.getSimpleName(),
                () -> {
                    synchronized (provided) {
                        provided.remove(key);
                    }
                });
        if (device.isBound()) {
            device.model().probes().somethingNew(device);
        } // else when it is bound
    }

    <T> T request(Device supplier, Class<T> type, String id, DeviceLink.Kind kind)
            throws ProbeDeferredException {
        Links links = device.model().links();
        DeviceLink link = links.addIfBound(device, supplier, kind);
        if (link == null) {
            throw waitsFor(supplier, type, id);
        }
        AtomicBoolean linked = new AtomicBoolean(true); // this use of the link is counted once
        Runnable unlink =
                () -> {
                    if (linked.compareAndSet(true, false)) {
                        link.remove();
                    }
                };
        boolean got = false;
        try {
            Binding other = supplier.bindingIfBound();
            T resource = other == null ? null : type.cast(other.offered(type, id));
            if (resource == null) {
                throw waitsFor(supplier, type, id);
            }
            devres.addAction("link to " + supplier, unlink::run);
            got = true;
            return resource;
        } finally {
            if (!got) {
                unlink.run();
            }
        }
    }

    private ProbeDeferredException waitsFor(Device supplier, Class<?> type, String id) {
        return new ProbeDeferredException(
                device + " waits for a " + type.getSimpleName() + " \"" + id + "\" of " + supplier);
    }

    private @Nullable Object offered(Class<?> type, String id) {
        synchronized (provided) {
            return provided.get(new Provided(type, id));
        }
    }

    // the life of a binding; one thread, in this order

    /**
     * Whether it succeeded; what it throws is logged. Runs inside the gate of the binding, so that
     * {@link #endSleeps} finds it.
     */
    boolean probe() {
        step = "probe";
        Section section = new Section();
        try {
            entered.<Exception>tryRun(
                    () -> {
                        driver.probe(proof(section));
                        bound = true; // whatever comes now: its remove() has to be called
                    });
        } catch (ProbeDeferredException e) {
            missing = String.valueOf(e.getMessage());
        } catch (Throwable e) {
            Reports.error(
                    LOG, bound ? "{}: an Error after its probe" : "{}: its probe failed", this, e);
        } finally {
            section.open = false;
        }
        return bound;
    }

    /** What probe was deferred for; null if it was not. */
    @Nullable String missing() {
        return missing;
    }

    /**
     * All that a driver has done is undone, in order; its remove() is called if its probe had
     * succeeded. If an Error ends this, the next call goes on where it was left.
     */
    void end() {
        endSleeps();
        awaitCalls();
        SlowStep watched = watched();
        try {
            if (bound && !toldToRemove) {
                remove();
            }
            step = "the release of its managed resources";
            devres.releaseAll();
        } finally {
            watched.close();
        }
        driverData = null;
    }

    /** What is the driver's own from here on: no gate's drain tells of it. */
    private SlowStep watched() {
        return SlowStep.begin(
                device.model().slowDrainNanos(),
                LOG,
                "the unbinding of " + device + " still waits",
                this::doing);
    }

    private void remove() {
        devres.removeBegins();
        step = "remove()";
        Section section = new Section();
        BoundDevice proof = proof(section); // which takes memory, so it comes first
        toldToRemove = true;
        try {
            driver.remove(proof);
        } catch (Throwable e) {
            Reports.error(LOG, "{}: its remove() failed; going on", this, e);
        } finally {
            section.open = false;
        }
    }

    private void awaitCalls() {
        step = "the end of the calls in it";
        List<FopsGate> all;
        synchronized (gates) {
            unbinding = true;
            all = gates.all();
        }
        GateGroup.of(all).unregisterSync();
    }

    /** Whether it is to end, and can stay no more. */
    boolean isEnding() {
        synchronized (gates) {
            return unbinding;
        }
    }

    // what it is at, for people and for who waits

    void step(String now) {
        step = now;
    }

    String doing() {
        return step + " of " + this;
    }

    /** Those of the nodes, and of what calls the driver by itself. */
    List<FopsGate> allGates() {
        synchronized (gates) {
            List<FopsGate> all = gates.all();
            all.addAll(callers);
            return all;
        }
    }

    void stillRunning(List<UnbindOutcome.Culprit> into) {
        for (CallInFlight call : GateGroup.of(allGates()).report().culprits()) {
            into.add(
                    new UnbindOutcome.Culprit(
                            call + ", in " + device, call.thread(), call.stack()));
        }
    }

    @Override
    public String toString() {
        return device + " (" + name + ")";
    }
}
