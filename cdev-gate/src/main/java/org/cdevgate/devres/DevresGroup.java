package org.cdevgate.devres;

import java.util.Objects;

/**
 * Some managed resources that are released as one, before the device is unbound:
 * devres_open_group() of linux/device.h. Made by {@link Devres#openGroup}. For one thread between
 * opening and closing; afterwards for any.
 */
public final class DevresGroup implements AutoCloseable {
    private final Devres devres;
    private final String name;
    private boolean closed;

    DevresGroup(Devres devres, String name) {
        this.devres = devres;
        this.name = Objects.requireNonNull(name, "the group's name");
    }

    /** Ends the group: what is registered from now on does not belong to it. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            devres.mark(this);
        }
    }

    /**
     * Releases what is in the group, the last registered first, nested groups included. What was
     * released or removed one by one is not in it any more.
     *
     * @return false if that was done already
     */
    public boolean release() {
        return devres.releaseGroup(this);
    }

    /**
     * Forgets what is in the group without releasing it: it is the caller's from now on.
     *
     * @return false if the group was released or removed already
     */
    public boolean remove() {
        return devres.removeGroup(this);
    }

    @Override
    public String toString() {
        return "group " + name;
    }
}
