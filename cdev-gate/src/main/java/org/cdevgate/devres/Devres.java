package org.cdevgate.devres;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.cdevgate.gate.DriverAction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The managed resources of one bound device: what a driver acquired in probe and need not release
 * itself. They are released in reverse order of registration when the device is unbound, after the
 * driver's remove(), or when its probe fails: devm_add_action() and its relatives of
 * linux/device.h.
 *
 * <p>A release that throws is logged and does not stop the others. Each runs exactly once, by the
 * unbinding thread or by an early {@link #release}; never under a lock of this class.
 *
 * <p>All methods may be called by any thread. Registration is refused once the releases have begun.
 */
public final class Devres {
    private static final Logger LOG = LoggerFactory.getLogger(Devres.class);

    /** The thread's release that runs, and what it belongs to. */
    private static final ThreadLocal<Entry> RELEASING = new ThreadLocal<>();

    private final String owner;
    private final DevresDebug debug;

    // Guarded by this.
    private final List<Entry> entries = new ArrayList<>();
    private boolean over;
    private Throwable overAt;

    /**
     * An empty list.
     *
     * @param owner the device, for reports
     */
    public Devres(String owner) {
        this.owner = Objects.requireNonNull(owner, "the owner");
        this.debug = DevresDebug.current();
    }

    /** One resource, action, or end of a group. */
    private static final class Entry {
        final String name;
        final Object resource;
        final DriverAction release;
        final DevresGroup group; // whose beginning or end this is, or null
        final Throwable registered; // null unless in debug mode

        Entry(
                String name,
                Object resource,
                DriverAction release,
                DevresGroup group,
                Throwable registered) {
            this.name = name;
            this.resource = resource;
            this.release = release;
            this.group = group;
            this.registered = registered;
        }
    }

    /**
     * Registers a resource.
     *
     * @param name for reports
     * @param resource not null; compared by identity
     * @param release gets the resource
     * @return the resource
     * @throws IllegalStateException if no driver is bound any more; the resource is released before
     *     this throws, as devm_add_action_or_reset() does
     */
    public <T> T add(String name, T resource, Consumer<? super T> release) {
        Objects.requireNonNull(resource, "the resource");
        Objects.requireNonNull(release, "how it is released");
        register(name, resource, () -> release.accept(resource));
        return resource;
    }

    /**
     * Registers something to do.
     *
     * @param name for reports
     * @throws IllegalStateException if no driver is bound any more; the action has run then
     */
    public void addAction(String name, DriverAction action) {
        register(name, action, Objects.requireNonNull(action, "the action"));
    }

    private void register(String name, Object resource, DriverAction release) {
        Entry entry =
                new Entry(
                        Objects.requireNonNull(name, "the resource's name"),
                        resource,
                        release,
                        null,
                        debug.stack("registered"));
        Throwable unbound;
        synchronized (this) {
            if (!over) {
                entries.add(entry);
                return;
            }
            unbound = overAt;
        }
        debug.report(
                DevresMisuse.Kind.REGISTERED_WHILE_UNBOUND, owner, name, entry.registered, unbound);
        run(entry);
        throw new IllegalStateException(
                name
                        + " was registered for "
                        + owner
                        + " when no driver was bound any more, and has been released; register"
                        + " managed resources in probe, or while a call keeps the device bound");
    }

    /**
     * Releases a resource now. {@link #releaseAll} does not wait for it: call it where the device
     * is bound for sure (in probe or remove, in a verb, with a proof).
     *
     * @return false if it is not registered any more: somebody else has released it or does
     */
    public boolean release(Object resource) {
        Entry inside = RELEASING.get();
        if (inside != null) {
            debug.report(
                    DevresMisuse.Kind.RELEASED_IN_A_RELEASE,
                    owner,
                    inside.name,
                    inside.registered,
                    debug.stack("released from inside that release"));
        }
        Entry entry = take(resource);
        if (entry == null) {
            return false;
        }
        run(entry);
        return true;
    }

    /**
     * Forgets a resource without releasing it: it is the caller's from now on.
     *
     * @return false if it is not registered any more
     */
    public boolean remove(Object resource) {
        return take(resource) != null;
    }

    private synchronized Entry take(Object resource) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            Entry entry = entries.get(i);
            if (entry.group == null && entry.resource == resource) {
                return entries.remove(i);
            }
        }
        return null;
    }

    /**
     * Registers something that calls the driver by itself: an interrupt handler, a work item, a
     * timer, a notifier. Its release ends these calls.
     *
     * @param name for reports
     * @return names it to {@link #remove}
     * @throws IllegalStateException if no driver is bound any more; the release has run then
     */
    public Object addCaller(String name, DriverAction release) {
        Caller caller = new Caller(Objects.requireNonNull(release, "the release"));
        register(name, caller, release);
        return caller;
    }

    private record Caller(DriverAction release) {}

    /**
     * Says that the driver's remove() begins, of which managed callers know nothing. For whoever
     * unbinds the device.
     */
    public void removeBegins() {
        if (!debug.isOn()) {
            return;
        }
        Throwable here = debug.stack("remove() begins");
        List<Entry> callers;
        synchronized (this) {
            callers = entries.stream().filter(each -> each.resource instanceof Caller).toList();
        }
        for (Entry each : callers) {
            debug.report(
                    DevresMisuse.Kind.MIXED_WITH_REMOVE, owner, each.name, each.registered, here);
        }
    }

    /**
     * Says that an object is handed to something that outlives the binding, which is a misuse if it
     * is managed here: it will be released under its new owner.
     *
     * @param object anything
     * @param keeper who gets it, for reports
     */
    public void handedTo(Object object, String keeper) {
        if (!debug.isOn()) {
            return;
        }
        List<Entry> same;
        synchronized (this) {
            same = entries.stream().filter(each -> each.resource == object).toList();
        }
        for (Entry each : same) {
            debug.report(
                    DevresMisuse.Kind.OUTLIVED,
                    owner,
                    each.name,
                    each.registered,
                    debug.stack("handed to " + keeper));
        }
    }

    /**
     * Opens a group: what is registered until its {@link DevresGroup#close()} can be released, or
     * forgotten, as one. Groups nest. A group's end does not matter to the release at unbind.
     *
     * @param name for reports
     * @throws IllegalStateException if no driver is bound any more
     */
    public DevresGroup openGroup(String name) {
        DevresGroup group = new DevresGroup(this, name);
        mark(group);
        return group;
    }

    synchronized void mark(DevresGroup group) {
        if (over) {
            throw new IllegalStateException(
                    group + " of " + owner + ": no driver is bound any more");
        }
        entries.add(new Entry(group.toString(), group, () -> {}, group, null));
    }

    /** Takes the entries of a group out, in order of registration, its marks included. */
    private synchronized List<Entry> takeGroup(DevresGroup group) {
        int begin = -1;
        int end = entries.size() - 1; // of a group that is still open
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).group == group) {
                if (begin < 0) {
                    begin = i;
                } else {
                    end = i;
                }
            }
        }
        if (begin < 0) {
            return List.of();
        }
        List<Entry> part = entries.subList(begin, end + 1);
        List<Entry> taken = new ArrayList<>(part);
        part.clear();
        return taken;
    }

    boolean releaseGroup(DevresGroup group) {
        List<Entry> taken = takeGroup(group);
        runReversed(taken);
        return !taken.isEmpty();
    }

    boolean removeGroup(DevresGroup group) {
        return !takeGroup(group).isEmpty();
    }

    /**
     * Releases everything, the last registered first, and refuses what comes later. For whoever
     * unbinds the device; a second call finds nothing.
     */
    public void releaseAll() {
        List<Entry> all;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            overAt = debug.stack("unbound");
            all = new ArrayList<>(entries);
            entries.clear();
        }
        runReversed(all);
    }

    private void runReversed(List<Entry> taken) {
        for (int i = taken.size() - 1; i >= 0; i--) {
            run(taken.get(i));
        }
    }

    private void run(Entry entry) {
        Entry outer = RELEASING.get();
        RELEASING.set(entry);
        try {
            entry.release.run();
        } catch (Throwable e) {
            LOG.error("{}: the release of {} failed; going on", owner, entry.name, e);
        } finally {
            if (outer == null) {
                RELEASING.remove();
            } else {
                RELEASING.set(outer);
            }
        }
    }

    /** The names of what is registered, the first registered first; a snapshot. */
    public synchronized List<String> names() {
        return entries.stream().filter(each -> each.group == null).map(each -> each.name).toList();
    }

    /** How many resources and actions are registered. */
    public int size() {
        return names().size();
    }

    @Override
    public String toString() {
        return "managed resources of " + owner;
    }
}
