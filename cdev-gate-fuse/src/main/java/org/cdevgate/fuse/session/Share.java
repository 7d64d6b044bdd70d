package org.cdevgate.fuse.session;

/**
 * What sleeping calls hold: those of a device, of a user, or of one user in one device. Whoever has
 * devices makes one for each, and names it with each call; see {@link Shares}.
 */
public sealed class Share permits UserShare {
    // All guarded by the Shares.

    /** Threads that are parked or stuck in the driver. */
    int threads;

    /** Of the messages that are kept. */
    long bytes;

    /** A device's, of which no call sleeps. */
    public Share() {}
}
