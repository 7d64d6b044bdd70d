package org.cdevgate.device;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.cdevgate.internal.SlowWait;
import org.cdevgate.internal.StackRoom;
import org.cdevgate.internal.WaitCircles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a driver is bound to a device, and who is at changing that.
 *
 * <pre>
 *   UNBOUND ──begin──▶ PROBING ──▶ BOUND ──begin──▶ UNBINDING ──▶ UNBOUND
 *                         └──probe failed, and is undone──▶ UNBOUND
 * </pre>
 *
 * <p>PROBING and UNBINDING have one thread that is busy with them, and others wait for it. If an
 * Error keeps that thread from ending what it began, the device stays UNBINDING with nobody busy,
 * and the next one that unbinds takes it up where it was left.
 *
 * <p>Flag first, then list: BOUND is left under the lock of {@link Links}, and the consumers are
 * looked up after that. So a consumer's link is made either before, and is on the list that the
 * unbinding works off, or after, and its request finds the supplier not bound.
 */
final class Attachment {
    private static final Logger LOG = LoggerFactory.getLogger(Device.class);

    private enum State {
        UNBOUND,
        PROBING,
        BOUND,
        UNBINDING
    }

    private final Device device;

    // Guarded by this. BOUND is left under the lock of Links too.
    private State state = State.UNBOUND;
    private @Nullable Thread busy; // who probes or unbinds
    private int busySince; // the number of the first of its waits that belong to that
    private @Nullable Binding binding;
    private List<Driver> passedBy = List.of(); // drivers that fit, and came while it was busy

    Attachment(Device device) {
        this.device = device;
    }

    private Links links() {
        return device.model().links();
    }

    private Probes probes() {
        return device.model().probes();
    }

    // what it is now

    synchronized boolean isBound() {
        return state == State.BOUND;
    }

    synchronized boolean isUnbound() {
        return state == State.UNBOUND;
    }

    synchronized boolean isProbing() {
        return state == State.PROBING;
    }

    synchronized boolean isUnbinding() {
        return state == State.UNBINDING;
    }

    /** The binding, also one that is about to begin or to end; or null. */
    synchronized @Nullable Binding binding() {
        return binding;
    }

    synchronized @Nullable Binding bindingIfBound() {
        return state == State.BOUND ? binding : null;
    }

    private synchronized boolean isBusyHere() {
        return busy == Thread.currentThread();
    }

    // binding

    /**
     * Binds a driver that fits.
     *
     * @return whether one is bound now
     */
    boolean bind(Driver driver) {
        StackRoom.requireToLink();
        Probes.Look look = probes().look(device);
        Probes.Cause outer = Probes.current();
        String missing = null; // what it has to wait for
        List<Driver> missed = List.of();
        Binding made = null;
        State now = State.UNBINDING; // unless all goes well
        try {
            synchronized (links()) { // which keeps it UNBOUND, and its suppliers bound
                if (mayProbe(driver)) {
                    Device supplier = links().missingSupplier(device);
                    if (supplier == null) {
                        made = beginProbing(new Binding(device, driver));
                    } else {
                        missing = "supplier " + supplier + " is not bound";
                    }
                }
            }
            if (made != null) {
                Probes.enter(device);
                if (made.probe()) {
                    now = State.BOUND;
                } else {
                    made.end();
                    now = State.UNBOUND;
                    missing = made.missing();
                }
            }
        } finally {
            if (made != null) { // calls nothing that could fail, so that nobody waits in vain
                synchronized (this) {
                    state = now;
                    busy = null;
                    binding = now == State.UNBOUND ? null : made;
                    missed = passedBy;
                    passedBy = List.of();
                    notifyAll();
                }
                if (outer == null) {
                    Probes.CAUSE.remove(); // no thread keeps a device reachable
                } else {
                    Probes.CAUSE.set(outer);
                }
            }
            if (missing == null) {
                probes().end(look);
            }
        }
        if (made != null) {
            settled(now, missed);
        }
        if (missing != null) {
            probes().defer(look, missing);
        }
        return isBound();
    }

    /** Others are told of what has become of it. */
    private void settled(State now, List<Driver> missed) {
        if (now == State.BOUND) {
            probes().forget(device);
            probes().somethingNew(device);
        } else {
            for (int i = 0; i < missed.size(); i++) {
                probes().probeLater(device, missed.get(i));
            }
        }
    }

    /** Under the lock of Links, under which a device is gone, and PROBING begins. */
    private synchronized boolean mayProbe(Driver driver) {
        if (device.isGone() || !device.bus().has(driver)) {
            return false;
        }
        // If it does not stay bound to another one, this one is to have its turn.
        if (busy != null && busy != Thread.currentThread() && !passedBy.contains(driver)) {
            List<Driver> more = new ArrayList<>(passedBy);
            more.add(driver);
            passedBy = more;
        }
        return state == State.UNBOUND;
    }

    private synchronized Binding beginProbing(Binding made) {
        state = State.PROBING;
        busy = Thread.currentThread();
        busySince = WaitCircles.entered();
        binding = made;
        return made;
    }

    // unbinding

    /**
     * Unbinds, the consumers first; or waits for another thread that does it.
     *
     * @param only unbinds this driver and no other; null for any
     * @return whether this thread did it
     * @throws SelfRemovalException if it would wait for itself through others; it is bound then
     */
    boolean unbind(@Nullable Driver only) {
        StackRoom.requireToLink();
        Going.enter("the unbinding", List.of(device));
        List<Driver> missed = List.of();
        Binding going = null;
        State now = State.UNBINDING; // for the next one that unbinds to take up, if this one fails
        try {
            going = beginUnbinding(only);
            if (going != null) {
                going.step("the unbinding of its consumers");
                for (Device consumer : links().consumers(device)) {
                    unbindConsumer(consumer);
                }
                going.end();
                now = State.UNBOUND;
            }
        } catch (SelfRemovalException e) {
            // Of a circle that has come up since it was looked for. What was unbound comes back.
            if (going != null && !going.isEnding()) {
                now = State.BOUND;
            }
            throw e;
        } finally {
            if (going != null) { // calls nothing that could fail, so that nobody waits in vain
                synchronized (this) {
                    state = now;
                    busy = null;
                    if (now == State.UNBOUND) {
                        binding = null;
                        missed = passedBy;
                        passedBy = List.of();
                    }
                    notifyAll();
                }
            }
            WaitCircles.left();
            if (now == State.BOUND) {
                settled(now, missed);
            }
        }
        if (going != null) {
            settled(now, missed);
        }
        return going != null;
    }

    /** It comes back with its supplier. */
    private void unbindConsumer(Device consumer) {
        Probes.Look look = probes().look(consumer);
        boolean did = false;
        try {
            boolean probing = consumer.isProbing(); // which this ends
            did = consumer.unbind() || probing;
        } finally {
            if (!did) {
                probes().end(look);
            }
        }
        if (did) {
            probes().defer(look, "supplier " + device + " was unbound");
        }
    }

    /** Takes BOUND away; null if there is nothing to do, once who was doing it has ended. */
    private @Nullable Binding beginUnbinding(@Nullable Driver only) {
        while (true) {
            synchronized (links()) {
                synchronized (this) {
                    Binding current = binding; // null if it is UNBOUND
                    if (current == null || (only != null && current.driver != only)) {
                        return null;
                    }
                    if (busy == null) {
                        state = State.UNBINDING;
                        busy = Thread.currentThread();
                        busySince = WaitCircles.entered() - 1; // the one for this
                        return current;
                    }
                }
            }
            State was;
            Binding now;
            synchronized (this) {
                was = state;
                now = binding;
            }
            if (was == State.PROBING && now != null) {
                now.endSleeps(); // it may sleep in a supplier that answers no more
            }
            awaitBusy(now);
            synchronized (this) {
                if (was == State.UNBINDING && binding != now) {
                    return null;
                }
            }
        }
    }

    /** Waits for who probes or unbinds in a binding. */
    private void awaitBusy(@Nullable Binding of) {
        String circle = WaitCircles.enter(new BusyEnds());
        if (circle != null) {
            throw Going.refusal("the unbinding", device, circle);
        }
        try {
            SlowWait.whileTrue(
                    this,
                    () -> busy != null && binding == of,
                    device.model().slowDrainNanos(),
                    LOG,
                    "Device.unbind() of " + device + " still waits for another thread",
                    () -> List.of(new SlowWait.Culprit(doing(), busy)));
        } finally {
            WaitCircles.left();
        }
    }

    private final class BusyEnds implements WaitCircles.Awaited {
        @Override
        public @Nullable List<WaitCircles.Blocker> blockers() {
            WaitCircles.Blocker now = blocker();
            return now == null ? null : List.of(now);
        }

        @Override
        public @Nullable List<Thread> blockedBy() {
            Thread now = busy();
            return now == null ? null : List.of(now);
        }

        @Override
        public String toString() {
            return doing();
        }
    }

    private synchronized @Nullable Thread busy() {
        return busy;
    }

    /** What the busy thread does, for people. */
    private synchronized String doing() {
        return binding == null ? "nothing of " + device : binding.doing();
    }

    private synchronized WaitCircles.@Nullable Blocker blocker() {
        return busy == null ? null : new WaitCircles.Blocker(busy, busySince);
    }

    /** What an unbinding has to wait for, but for one thread. */
    void blockers(Thread except, List<WaitCircles.Blocker> into) {
        WaitCircles.Blocker now = blocker();
        if (now != null && now.thread() != except) {
            into.add(now);
        }
        Binding of = binding();
        if (of != null) {
            Going.addThreads(of.allGates(), except, into);
        }
        for (Device consumer : links().consumers(device)) {
            consumer.blockers(except, into);
        }
    }

    /** What an unbinding waits for now. */
    void stillRunning(List<UnbindOutcome.Culprit> into) {
        Thread now = busy();
        if (now != null) {
            into.add(
                    new UnbindOutcome.Culprit(
                            doing() + ", thread " + now.getName(),
                            now,
                            List.of(now.getStackTrace())));
        }
        Binding of = binding();
        if (of != null) {
            of.stillRunning(into);
        }
        for (Device consumer : links().consumers(device)) {
            consumer.stillRunning(into);
        }
    }

    /** Refuses to go on where the unbinding would wait for this thread. */
    void checkNotInside(String method) {
        if (isBusyHere()) {
            throw new IllegalStateException(
                    method
                            + " of "
                            + device
                            + " on the thread that is in its driver's probe or remove; let these"
                            + " return first");
        }
        Binding now = binding();
        if (now != null) {
            now.checkNotInside(method);
        }
        for (Device consumer : links().consumers(device)) {
            consumer.checkNotInside(method);
        }
    }
}
