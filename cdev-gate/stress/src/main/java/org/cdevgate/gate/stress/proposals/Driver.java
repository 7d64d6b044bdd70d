package org.cdevgate.gate.stress.proposals;

/** The driver's part: verbs that answer 0 or a negative errno, and what its removal needs. */
interface Driver {
    default int read(Cdev device, Cdev.Descriptor file) throws InterruptedException {
        return 0;
    }

    default int ioctl() {
        return 0;
    }

    /** Wakes the calls that sleep in a verb, so that they look again. */
    default void wake() {}

    /** Frees what the verbs use. */
    default void tearDown() {}
}
