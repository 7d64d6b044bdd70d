package org.cdevgate.devres;

import java.util.IdentityHashMap;
import java.util.function.Consumer;
import org.cdevgate.gate.DriverAction;
import org.jspecify.annotations.Nullable;

/**
 * What is registered for one device, in order of registration, with the marks of groups between:
 * the list devres_head of linux/device.h. To add one, to find the latest of a resource and to take
 * one out takes the same time however many there are.
 *
 * <p>For one thread at a time; {@link Devres} has the lock.
 */
final class Entries {
    private final IdentityHashMap<Object, Entry> latest = new IdentityHashMap<>(0);
    private @Nullable Entry first;
    private @Nullable Entry last;
    private int resources;

    /** One resource or action; or the beginning or end of a group. */
    static final class Entry {
        final String name;
        final Object resource;
        final @Nullable DevresGroup group; // of a mark
        final @Nullable Throwable registered; // null unless in debug mode
        private final @Nullable Consumer<Object> release;
        private final @Nullable DriverAction action;

        // In its list.
        private @Nullable Entry previous;
        private @Nullable Entry next;

        // Of the same resource, which may be registered more than once.
        private @Nullable Entry older;
        private @Nullable Entry newer;

        /** A resource, with one of the two that release it. */
        Entry(
                String name,
                Object resource,
                @Nullable Consumer<Object> release,
                @Nullable DriverAction action,
                @Nullable Throwable registered) {
            this.name = name;
            this.resource = resource;
            this.release = release;
            this.action = action;
            this.group = null;
            this.registered = registered;
        }

        /** A mark of a group. */
        Entry(DevresGroup group) {
            this.name = group.name;
            this.resource = group;
            this.release = null;
            this.action = null;
            this.group = group;
            this.registered = null;
        }

        boolean isMark() {
            return group != null;
        }

        @Nullable Entry previous() {
            return previous;
        }

        @Nullable Entry next() {
            return next;
        }

        /** The one of the same resource that was registered before, or null. */
        @Nullable Entry older() {
            return older;
        }

        /** Puts it, which is in no list, at the end of a chain of {@link #previous()}. */
        Entry after(@Nullable Entry last) {
            previous = last;
            return this;
        }

        void release() throws Exception {
            release(resource, release, action);
        }

        /** Releases a resource, by the one of the two that is there. */
        static void release(
                Object resource, @Nullable Consumer<Object> release, @Nullable DriverAction action)
                throws Exception {
            if (release != null) {
                release.accept(resource);
            }
            if (action != null) {
                action.run();
            }
        }
    }

    @Nullable Entry first() {
        return first;
    }

    @Nullable Entry last() {
        return last;
    }

    /** How many there are, marks left out. */
    int resources() {
        return resources;
    }

    /** The one of a resource that was registered last, or null. */
    @Nullable Entry latest(@Nullable Object resource) {
        return latest.get(resource);
    }

    /** Adds one at the end; after an OutOfMemoryError it is not there. */
    void add(Entry entry) {
        if (!entry.isMark()) {
            Entry older = latest.put(entry.resource, entry);
            if (older != null) {
                older.newer = entry;
                entry.older = older;
            }
            resources++;
        }
        entry.previous = last;
        if (last == null) {
            first = entry;
        } else {
            last.next = entry;
        }
        last = entry;
    }

    /** Takes one out; needs no memory. */
    void remove(Entry entry) {
        if (!entry.isMark()) {
            if (entry.newer != null) {
                entry.newer.older = entry.older;
            } else if (entry.older != null) {
                latest.put(entry.resource, entry.older);
            } else {
                latest.remove(entry.resource);
            }
            if (entry.older != null) {
                entry.older.newer = entry.newer;
            }
            entry.older = null;
            entry.newer = null;
            resources--;
        }
        if (entry.previous == null) {
            first = entry.next;
        } else {
            entry.previous.next = entry.next;
        }
        if (entry.next == null) {
            last = entry.previous;
        } else {
            entry.next.previous = entry.previous;
        }
        entry.previous = null;
        entry.next = null;
    }

    /** Takes all out; needs no memory. Gives the last one, from which to go back. */
    @Nullable Entry takeAll() {
        Entry all = last;
        first = null;
        last = null;
        resources = 0;
        latest.clear();
        return all;
    }
}
