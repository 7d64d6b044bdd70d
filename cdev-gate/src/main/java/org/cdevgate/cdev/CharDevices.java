package org.cdevgate.cdev;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.cdevgate.abi.DevicePath;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.NodeMode;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.internal.Publications;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The character devices of a system by number and by name. A device is published when it is
 * finished, and its removal takes name and number away by itself, before its sleepers are woken;
 * both can be used again at once.
 *
 * <pre>{@code
 * CharDevices devices = new CharDevices();
 * NumberRegion region = devices.allocRegion(0, 1, "sensor");
 * devices.add(FopsGate.of("sensor0", driver), region.number(0), "sensor0", 0600);
 * }</pre>
 *
 * <p>Who wants to know what comes and goes subscribes: a mount ({@code DeviceMount.follow}), or a
 * user by a {@link UeventStream}.
 *
 * <p>All methods may be called by any thread.
 */
public final class CharDevices {
    private static final Logger LOG = LoggerFactory.getLogger(CharDevices.class);

    /** Where majors are looked for, from the first to the second: as CHRDEV_MAJOR_DYN_*. */
    private static final int[][] DYNAMIC_MAJORS = {{254, 234}, {511, 384}};

    // Guarded by this, which is held while listeners are told: so each sees the events in order.
    private final List<NumberRegion> regions = new ArrayList<>();
    private final Map<String, Cdev> byName = new TreeMap<>();
    private final Map<DeviceNumber, Cdev> byNumber = new TreeMap<>();
    private final List<Consumer<? super Uevent>> listeners = new ArrayList<>();
    private long generation;
    private long sequence;

    /** No numbers are taken, nothing is registered. */
    public CharDevices() {}

    // numbers

    /**
     * Takes numbers of a driver's choice: register_chrdev_region().
     *
     * @param major which driver
     * @param firstMinor the first minor
     * @param count how many, 1 or more
     * @param owner who has them
     * @throws IllegalArgumentException if they are taken, by whom is said; or out of range
     */
    public synchronized NumberRegion registerRegion(
            int major, int firstMinor, int count, String owner) {
        checkOwner(owner);
        DeviceNumber first = new DeviceNumber(major, firstMinor);
        checkCount(first, count);
        for (NumberRegion each : regions) {
            if (each.overlaps(first, count)) {
                throw new IllegalArgumentException(
                        count
                                + " numbers from "
                                + first
                                + " for "
                                + owner
                                + ": "
                                + each
                                + " overlap them; use allocRegion");
            }
        }
        return made(owner, first, count);
    }

    /**
     * Takes numbers under a major that nobody has: alloc_chrdev_region().
     *
     * @param firstMinor the first minor
     * @param count how many, 1 or more
     * @param owner who has them
     * @throws IllegalStateException if all dynamic majors are taken
     */
    public synchronized NumberRegion allocRegion(int firstMinor, int count, String owner) {
        checkOwner(owner);
        for (int[] range : DYNAMIC_MAJORS) {
            for (int major = range[0]; major >= range[1]; major--) {
                int candidate = major;
                if (regions.stream().noneMatch(each -> each.first().major() == candidate)) {
                    DeviceNumber first = new DeviceNumber(major, firstMinor);
                    checkCount(first, count);
                    return made(owner, first, count);
                }
            }
        }
        throw new IllegalStateException(
                "no major is free for "
                        + owner
                        + ": 234 to 254 and 384 to 511 are taken; close regions that are not used");
    }

    private static void checkOwner(String owner) {
        if (Objects.requireNonNull(owner, "owner").isEmpty()) {
            throw new IllegalArgumentException("owner is empty; who takes numbers needs a name");
        }
    }

    private static void checkCount(DeviceNumber first, int count) {
        if (count < 1 || count > DeviceNumber.MAX_MINOR + 1 - first.minor()) {
            throw new IllegalArgumentException(
                    "count "
                            + count
                            + " of numbers from "
                            + first
                            + "; give 1 or more, up to minor "
                            + DeviceNumber.MAX_MINOR);
        }
    }

    private NumberRegion made(String owner, DeviceNumber first, int count) {
        NumberRegion region = new NumberRegion(this, owner, first, count);
        regions.add(region);
        return region;
    }

    synchronized void release(NumberRegion region) {
        for (Cdev each : byNumber.values()) {
            if (region.contains(each.number())) {
                throw new IllegalStateException(
                        region
                                + ": "
                                + each.name()
                                + " is registered under "
                                + each.number()
                                + "; remove it first");
            }
        }
        regions.remove(region);
    }

    /** The regions that are taken, in order of their taking; a snapshot. */
    public synchronized List<NumberRegion> regions() {
        return List.copyOf(regions);
    }

    // devices

    /**
     * Publishes a device: cdev_device_add(). It can be opened, by whoever follows, when this
     * returns. If it fails the gate is flagged and drained, as by its removal, unless it is
     * published elsewhere: then it stays as it is.
     *
     * @param gate of a driver that is ready for calls; may be published under several numbers
     * @param number in a region that is taken
     * @param name below /dev, for example {@code input/event0}
     * @param mode permissions, 0 to 07777
     * @return what was published
     * @throws IllegalArgumentException if the name or number is in use or could not be one, the
     *     mode too (see {@link NodeMode#check}), or the number is in no region, or a follower
     *     refuses it
     * @throws IllegalStateException if the removal of the gate has begun
     */
    public Cdev add(FopsGate gate, DeviceNumber number, String name, int mode) {
        Objects.requireNonNull(gate, "gate");
        Objects.requireNonNull(number, "number");
        Objects.requireNonNull(name, "name");
        boolean published = false;
        Registration registration = new Registration();
        Publications.begin(gate);
        try {
            // First, so that a removal that begins meanwhile leaves no name behind when it returns.
            gate.front().addRemovalListener(registration);
            Cdev made = publish(registration, gate, number, name, mode);
            published = true;
            return made;
        } catch (ErrnoException e) {
            throw removed(gate, name);
        } finally {
            if (!published && Publications.failed(gate)) {
                gate.unregisterSync();
            }
        }
    }

    private static IllegalStateException removed(FopsGate gate, String name) {
        return new IllegalStateException(
                gate + " cannot be published as " + name + ": its removal has begun");
    }

    /** What a gate's removal has to take away. Guarded by the registry. */
    private final class Registration implements RemovalListener {
        private @Nullable Cdev published;
        private boolean flagged;

        @Override
        public void onFlagged() {
            synchronized (CharDevices.this) {
                flagged = true;
                if (published != null) {
                    withdraw(published);
                }
            }
        }
    }

    private synchronized Cdev publish(
            Registration registration, FopsGate gate, DeviceNumber number, String name, int mode) {
        if (registration.flagged) {
            throw removed(gate, name);
        }
        DevicePath.check(name);
        NodeMode.check(mode);
        NumberRegion region =
                regions.stream()
                        .filter(each -> each.contains(number))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                number
                                                        + " of "
                                                        + name
                                                        + " is in no region; take it first, by"
                                                        + " allocRegion or registerRegion"));
        refuseIfTaken(byName.get(name), name, number);
        refuseIfTaken(byNumber.get(number), name, number);
        Cdev made =
                new Cdev(
                        name,
                        number,
                        number.minor() - region.first().minor(),
                        mode,
                        ++generation,
                        gate);
        byName.put(name, made);
        byNumber.put(number, made);
        Uevent event = new Uevent(sequence + 1, Uevent.Action.ADD, made);
        int told = 0;
        try {
            for (; told < listeners.size(); told++) {
                listeners.get(told).accept(event);
            }
            sequence++;
        } catch (RuntimeException e) {
            byName.remove(name);
            byNumber.remove(number);
            if (told > 0) {
                // Those before it have seen the device; it comes and goes.
                sequence++;
                tell(new Uevent(++sequence, Uevent.Action.REMOVE, made));
            }
            throw new IllegalArgumentException(name + " was refused: " + e.getMessage(), e);
        }
        registration.published = made;
        return made;
    }

    private static void refuseIfTaken(@Nullable Cdev before, String name, DeviceNumber number) {
        if (before != null) {
            throw new IllegalArgumentException(
                    name
                            + " ("
                            + number
                            + ") cannot be published: "
                            + before.name()
                            + " has "
                            + before.number()
                            + " now");
        }
    }

    /** Under this lock. */
    private void withdraw(Cdev gone) {
        if (byName.remove(gone.name(), gone)) {
            byNumber.remove(gone.number(), gone);
            tell(new Uevent(++sequence, Uevent.Action.REMOVE, gone));
        }
    }

    private void tell(Uevent event) {
        for (Consumer<? super Uevent> each : listeners) {
            try {
                each.accept(event);
            } catch (RuntimeException e) {
                LOG.error("a listener failed at {}; going on", event, e);
            }
        }
    }

    /** The device of a name. */
    public synchronized Optional<Cdev> find(String name) {
        return Optional.ofNullable(byName.get(Objects.requireNonNull(name, "name")));
    }

    /** The device of a number. */
    public synchronized Optional<Cdev> find(DeviceNumber number) {
        return Optional.ofNullable(byNumber.get(Objects.requireNonNull(number, "number")));
    }

    /** The devices, by name; a snapshot. */
    public synchronized List<Cdev> devices() {
        return List.copyOf(byName.values());
    }

    // events

    /** What {@link #follow} began. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        /** Ends it; idempotent. */
        @Override
        void close();
    }

    /**
     * Tells a listener of every device that is there, and then of every one that comes or goes, in
     * order and without a gap; on the thread that registers or removes it, which waits meanwhile.
     *
     * @param listener must not block, nor register or remove devices; by an exception at an ADD it
     *     refuses the device
     * @return ends the subscription when it is closed
     */
    public Subscription follow(Consumer<? super Uevent> listener) {
        Objects.requireNonNull(listener, "listener");
        synchronized (this) {
            for (Cdev each : byName.values()) {
                listener.accept(new Uevent(sequence, Uevent.Action.ADD, each));
            }
            return subscribe(listener);
        }
    }

    private synchronized Subscription subscribe(Consumer<? super Uevent> listener) {
        listeners.add(listener);
        return () -> {
            synchronized (this) {
                listeners.remove(listener);
            }
        };
    }

    /**
     * A stream of the events from now on, for a thread of the user's to read.
     *
     * @return to be closed when it is not read any more, since it keeps what is unread
     */
    public UeventStream uevents() {
        LinkedBlockingQueue<Uevent> unread = new LinkedBlockingQueue<>();
        return new UeventStream(unread, subscribe(unread::add));
    }
}
