package org.cdevgate.device.stress.twins;

/** What a driver has registered to be released when its device is unbound. */
interface ManagedResources {
    /** Makes an empty list. */
    @FunctionalInterface
    interface Maker {
        ManagedResources make();
    }

    void add(String name, Runnable release);

    void releaseAll();
}
