package org.cdevgate.gate.stress.proposals;

/**
 * A registered character device as processes and its driver's remove() see it. Verbs answer 0 or a
 * negative errno.
 */
interface Cdev {
    /** One open file; threads may share it. */
    interface Descriptor {
        int read();

        int ioctl();
    }

    /** Makes a device under a minor number that no other registered device has. */
    @FunctionalInterface
    interface Maker {
        Cdev register(int minor, Driver driver);
    }

    /** open(2) of its path; null if that is refused. */
    Descriptor open();

    /** What a verb can ask that is about to sleep. */
    boolean isRemoving();

    /**
     * What the driver's remove() does: wakes its sleepers, unregisters and tears down.
     *
     * @throws InterruptedException if the wait was given up, because it would never end
     */
    void remove() throws InterruptedException;
}
