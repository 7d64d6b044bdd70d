package org.cdevgate.fuse.driver;

/** The two ways in which a verb sleeps. */
public enum Sleep {
    /** Its thread is parked in {@code Call.await}. */
    PARKED,
    /** It returns {@code Call.wouldBlock}, and the request sleeps without a thread. */
    THREADLESS
}
