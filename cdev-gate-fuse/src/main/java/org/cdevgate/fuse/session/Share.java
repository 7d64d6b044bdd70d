package org.cdevgate.fuse.session;

/**
 * What sleeping calls hold: those of a device, of a user, or of one user in one device. Whoever has
 * devices makes one for each, and names it with each call; see {@link Shares}.
 */
public final class Share {
    // All guarded by the Shares.

    /** Threads that are parked or stuck in the driver. */
    int threads;

    /** Of the messages that are kept. */
    long bytes;

    // The key of a user's, by which it is found; the device is null for all of them.
    Share device;
    int uid;
    Share next;
    int bucket = NOT_LISTED;

    static final int NOT_LISTED = -1;

    /** A device's, of which no call sleeps. */
    public Share() {}
}
