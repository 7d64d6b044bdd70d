package org.cdevgate.device.stress.twins;

/** A bound device with one that hangs on it, and a place for another. */
interface Hub {
    /** Makes the two, with what happens when the one that hangs on it is unbound. */
    @FunctionalInterface
    interface Maker {
        Hub make(Runnable leafGoes);
    }

    /** Plugs another one in and binds it; does nothing if that is refused. */
    void plugAnother();

    /** Unplugs all of it. */
    void unplug();

    /** Whether a device is bound whose parent is gone. */
    boolean hasOrphan();
}
