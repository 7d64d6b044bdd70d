package org.cdevgate.cdev;

import java.util.Objects;

/**
 * A device came or went: what the kernel sends to udev (KOBJ_ADD, KOBJ_REMOVE of linux/kobject.h).
 *
 * @param sequence 1 or more, without gaps, in the order in which it happened (SEQNUM)
 * @param action what happened
 * @param device which device
 */
public record Uevent(long sequence, Action action, Cdev device) {
    /** Checks that nothing is missing. */
    public Uevent {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(device, "device");
    }

    /** What happened. */
    public enum Action {
        /** It can be opened from now on. */
        ADD,
        /** Its name and number are free; calls may still be in flight. */
        REMOVE
    }
}
