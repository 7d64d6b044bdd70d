package org.cdevgate.devres;

import java.util.Objects;
import org.cdevgate.devres.Entries.Entry;

/**
 * Some managed resources that are released as one, before the device is unbound:
 * devres_open_group() of linux/device.h. Made by {@link Devres#openGroup}; this object is what the
 * kernel calls the group's id.
 *
 * <pre>{@code
 * DevresGroup firmware = bound.devres().openGroup("firmware");
 * load(bound);        // registers what it needs
 * firmware.close();
 * firmware.release(); // all of that, in reverse order; the rest stays
 * }</pre>
 *
 * <pre>
 *   OPEN ──close()──▶ CLOSED ──release(), remove(), release of a group around it──▶ GONE
 *     └──────────────────────the same────────────────────────────────────────────────▲
 * </pre>
 *
 * <p>A group is two marks in the list of resources, one where it was opened and one where it was
 * closed. What was registered between them is in it, whichever other groups it is in too; an open
 * group reaches to the end of the list. Groups may overlap: the release of one takes the resources
 * between its marks, and leaves the other group with the rest.
 *
 * <p>All methods may be called by any thread.
 */
public final class DevresGroup implements AutoCloseable {
    enum State {
        OPEN,
        CLOSED,
        GONE
    }

    private final Devres devres;
    final String name;
    final Entry opening;
    final Entry closing; // in the list while it is CLOSED

    // Guarded by the list's lock.
    State state = State.OPEN;
    int marksSeen; // by a release under way: how many of the two lie in its stretch

    DevresGroup(Devres devres, String name) {
        this.devres = devres;
        this.name = Objects.requireNonNull(name, "name");
        this.opening = new Entry(this);
        this.closing = new Entry(this);
    }

    /** Whether the group lies wholly in a stretch that has so many of its marks. */
    boolean isWholeWith(int marks) {
        return marks == (state == State.OPEN ? 1 : 2);
    }

    /**
     * Ends the group: what is registered from now on does not belong to it. Does nothing if it was
     * closed or released before, or the device unbound.
     */
    @Override
    public void close() {
        devres.closeGroup(this);
    }

    /**
     * Releases what is in the group, the last registered first, and the group with the groups that
     * lie wholly in it. What was released or removed one by one is not in it any more.
     *
     * @return false if the group is gone already
     */
    public boolean release() {
        return devres.releaseGroup(this);
    }

    /**
     * Removes the group and leaves what is in it where it is, to be released with the device:
     * devres_remove_group(). For a group that was opened in case something fails, when nothing did.
     *
     * @return false if the group is gone already
     */
    public boolean remove() {
        return devres.removeGroup(this);
    }

    @Override
    public String toString() {
        return "group " + name;
    }
}
