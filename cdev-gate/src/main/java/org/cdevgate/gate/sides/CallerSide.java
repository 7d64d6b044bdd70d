package org.cdevgate.gate.sides;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.jspecify.annotations.Nullable;

/** Who makes a call, and what the last run of its verb left. */
public abstract class CallerSide {
    private @Nullable Blocked blocked;

    protected CallerSide() {}

    public abstract int tid();

    public abstract int pid();

    public abstract int uid();

    public abstract int gid();

    /** Whether this call must not sleep, with a file that was opened with these flags. */
    public abstract boolean isNonBlocking(int flags);

    public abstract boolean isMappedPage();

    public abstract boolean is32Bit();

    public abstract void copyFromUser(long address, ByteBuffer dst) throws ErrnoException;

    public abstract void copyToUser(long address, ByteBuffer src) throws ErrnoException;

    /** Who polls the file of this call; null if nobody does. */
    public abstract @Nullable WatcherSide watcher();

    public abstract boolean sleepsWithoutThread();

    public abstract void beforePark();

    /** What was handed back; null if nothing was. */
    public final @Nullable Blocked blocked() {
        return blocked;
    }

    /** A verb is handed back, or the next call is the next run of one; null if it is neither. */
    public final void blocked(@Nullable Blocked run) {
        blocked = run;
    }

    /** What this run goes on from; null if nothing was handed back. */
    public final @Nullable Blocked takeBlocked() {
        Blocked taken = blocked;
        if (taken != null) { // never of a caller that threads share
            blocked = null;
        }
        return taken;
    }
}
