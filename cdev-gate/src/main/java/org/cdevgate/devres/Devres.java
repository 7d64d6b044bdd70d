package org.cdevgate.devres;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.cdevgate.devres.Entries.Entry;
import org.cdevgate.gate.DriverAction;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.StackRoom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The managed resources of one bound device: what a driver acquired in probe and need not release
 * itself. They are released in reverse order of registration when the device is unbound, after the
 * driver's remove(), or when its probe fails: devm_add_action() and its relatives of
 * linux/device.h.
 *
 * <pre>{@code
 * Clock clock = bound.devres().add("clock", provider.enable(), Clock::disable);
 * bound.devres().addAction("power", board::powerOff); // done before the clock is disabled
 * }</pre>
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
    private final Entries entries = new Entries();
    private boolean over;
    private @Nullable Throwable overAt;

    /**
     * An empty list.
     *
     * @param owner the device, for reports
     */
    public Devres(String owner) {
        this.owner = Objects.requireNonNull(owner, "owner");
        this.debug = DevresDebug.current();
    }

    /**
     * Registers a resource. If there is no driver bound any more, or no memory, the resource is
     * released before this throws, as devm_add_action_or_reset() does.
     *
     * @param name for reports
     * @param resource not null; compared by identity
     * @param release gets the resource
     * @return the resource
     * @throws IllegalStateException if no driver is bound any more
     */
    public <T> T add(String name, T resource, Consumer<? super T> release) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(resource, "resource");
        Objects.requireNonNull(release, "release");
        @SuppressWarnings("unchecked") // it gets this resource and no other
        Consumer<Object> ofResource = (Consumer<Object>) release;
        register(name, resource, ofResource, null);
        return resource;
    }

    /**
     * Registers something to do. If there is no driver bound any more, or no memory, it is done
     * before this throws.
     *
     * @param name for reports
     * @throws IllegalStateException if no driver is bound any more
     */
    public void addAction(String name, DriverAction action) {
        Objects.requireNonNull(name, "name");
        register(name, Objects.requireNonNull(action, "action"), null, action);
    }

    private void register(
            String name,
            Object resource,
            @Nullable Consumer<Object> release,
            @Nullable DriverAction action) {
        Entry entry;
        Throwable unbound;
        try {
            entry = new Entry(name, resource, release, action, debug.stack("registered"));
            synchronized (this) {
                if (!over) {
                    entries.add(entry);
                    return;
                }
                unbound = overAt;
            }
        } catch (OutOfMemoryError e) {
            releaseUnregistered(name, resource, release, action);
            throw e;
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

    /** Without memory for an entry. */
    private static void releaseUnregistered(
            String name,
            Object resource,
            @Nullable Consumer<Object> release,
            @Nullable DriverAction action) {
        try {
            Entry.release(resource, release, action);
        } catch (Throwable e) {
            Reports.error(LOG, "the release of {}, which was not registered, failed", name, e);
        }
    }

    /**
     * Releases a resource now. {@link #releaseAll} does not wait for it: call it where the device
     * is bound for sure (in probe or remove, in a verb, with a proof).
     *
     * @return false if it is not registered any more: somebody else has released it or does
     */
    public boolean release(Object resource) {
        Objects.requireNonNull(resource, "resource");
        checkNotInARelease();
        StackRoom.requireToLink(); // what is taken off the list must be released
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
        return take(Objects.requireNonNull(resource, "resource")) != null;
    }

    private synchronized @Nullable Entry take(Object resource) {
        Entry entry = entries.latest(resource);
        if (entry != null) {
            entries.remove(entry);
        }
        return entry;
    }

    private void checkNotInARelease() {
        Entry inside = debug.isOn() ? RELEASING.get() : null;
        if (inside != null) {
            debug.report(
                    DevresMisuse.Kind.RELEASED_IN_A_RELEASE,
                    owner,
                    inside.name,
                    inside.registered,
                    debug.stack("released from inside that release"));
        }
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
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(release, "release");
        Caller caller;
        try {
            caller = new Caller(release);
        } catch (OutOfMemoryError e) {
            releaseUnregistered(name, release, null, release);
            throw e;
        }
        register(name, caller, null, release);
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
        List<Entry> callers = new ArrayList<>();
        synchronized (this) {
            for (Entry each = entries.first(); each != null; each = each.next()) {
                if (each.resource instanceof Caller) {
                    callers.add(each);
                }
            }
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
     * @param object anything; null is nothing of anybody's
     * @param keeper who gets it, for reports
     */
    public void handedTo(@Nullable Object object, String keeper) {
        Objects.requireNonNull(keeper, "keeper");
        if (!debug.isOn()) {
            return;
        }
        List<Entry> same = new ArrayList<>();
        synchronized (this) {
            for (Entry each = entries.latest(object); each != null; each = each.older()) {
                same.add(each);
            }
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
     * Opens a group: what is registered until its {@link DevresGroup#close()} can be released as
     * one. Groups may nest, and overlap. At the unbinding they make no difference.
     *
     * @param name for reports
     * @throws IllegalStateException if no driver is bound any more
     */
    public DevresGroup openGroup(String name) {
        DevresGroup group = new DevresGroup(this, name);
        synchronized (this) {
            if (!over) {
                entries.add(group.opening);
                return group;
            }
        }
        throw new IllegalStateException(group + " of " + owner + ": no driver is bound any more");
    }

    synchronized void closeGroup(DevresGroup group) {
        if (!over && group.state == DevresGroup.State.OPEN) {
            entries.add(group.closing);
            group.state = DevresGroup.State.CLOSED;
        }
    }

    /** Takes the marks out; false if they are not there. */
    synchronized boolean removeGroup(DevresGroup group) {
        if (over || group.state == DevresGroup.State.GONE) {
            return false;
        }
        removeMarks(group);
        return true;
    }

    private void removeMarks(DevresGroup group) {
        entries.remove(group.opening);
        if (group.state == DevresGroup.State.CLOSED) {
            entries.remove(group.closing);
        }
        group.state = DevresGroup.State.GONE;
    }

    boolean releaseGroup(DevresGroup group) {
        checkNotInARelease();
        StackRoom.requireToLink(); // as for release()
        Entry last;
        synchronized (this) {
            if (over || group.state == DevresGroup.State.GONE) {
                return false;
            }
            last = take(group);
        }
        runBackFrom(last);
        return true;
    }

    /**
     * Takes out what is in a group, as remove_nodes() of drivers/base/devres.c: the resources
     * between its marks, and the marks of those groups that lie wholly in it. A group that only
     * begins or only ends here keeps both of its marks, and what else is in it. An open group
     * reaches to the end of the list; of one, the one mark is enough. Needs no memory.
     *
     * @return the last of the resources, or null
     */
    private @Nullable Entry take(DevresGroup group) {
        boolean closed = group.state == DevresGroup.State.CLOSED;
        Entry end = closed ? group.closing.next() : null;
        for (Entry each = group.opening; each != null && each != end; each = each.next()) {
            if (each.group != null) {
                each.group.marksSeen = 0;
            }
        }
        Entry last = null;
        for (Entry next, each = group.opening; each != null && each != end; each = next) {
            next = each.next();
            if (each.group == null) {
                entries.remove(each);
                last = each.after(last);
            } else if (each.group.isWholeWith(++each.group.marksSeen)) {
                removeMarks(each.group); // this one and one before it
            }
        }
        return last;
    }

    /**
     * Releases everything, the last registered first, and refuses what comes later. For whoever
     * unbinds the device; a second call finds nothing.
     */
    public void releaseAll() {
        Throwable here = debug.stack("unbound");
        StackRoom.requireToLink(); // as for release(); who unbinds next comes here again
        Entry last;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            overAt = here;
            last = entries.takeAll();
        }
        runBackFrom(last);
    }

    private void runBackFrom(@Nullable Entry last) {
        for (Entry before, each = last; each != null; each = before) {
            before = each.previous();
            if (!each.isMark()) {
                run(each);
            }
        }
    }

    /** Whatever comes of it, the next one has its turn. */
    private void run(Entry entry) {
        try {
            if (debug.isOn()) {
                runWatched(entry);
            } else {
                entry.release();
            }
        } catch (Throwable e) {
            Reports.error(LOG, "the release of {} failed; going on", entry.name, e);
        }
    }

    private static void runWatched(Entry entry) throws Exception {
        Entry outer = RELEASING.get();
        RELEASING.set(entry);
        try {
            entry.release();
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
        List<String> names = new ArrayList<>();
        for (Entry each = entries.first(); each != null; each = each.next()) {
            if (!each.isMark()) {
                names.add(each.name);
            }
        }
        return Collections.unmodifiableList(names);
    }

    /** How many resources and actions are registered. */
    public synchronized int size() {
        return entries.resources();
    }

    @Override
    public String toString() {
        return "managed resources of " + owner;
    }
}
