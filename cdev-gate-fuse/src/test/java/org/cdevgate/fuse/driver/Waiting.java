package org.cdevgate.fuse.driver;

/** How a verb of {@link VerbDriver} waits, and what it makes of an interrupt. */
public enum Waiting {
    /** Its thread is parked in {@code Call.await}. */
    PARKED,
    /** It returns {@code Call.wouldBlock}, and the request sleeps without a thread. */
    THREADLESS,
    /** In code of its own that lets the InterruptedException out, as most of the JDK's does. */
    OWN_CODE,
    /** In code of its own that ignores every interrupt. */
    DEAF;

    /** Whether an interrupt ends it. */
    public boolean isHonouring() {
        return this != DEAF;
    }
}
