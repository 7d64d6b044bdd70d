package org.cdevgate.device.stress.twins;

/** A device to which others hold references. */
interface HeldDevice {
    /** Makes one that is bound to a driver; its memory is freed when nobody may use it any more. */
    @FunctionalInterface
    interface Maker {
        HeldDevice make(Memory memory);
    }

    void get();

    void put();

    /** Unbinds its driver and takes it off its bus. */
    void unplug();
}
