package org.cdevgate.fuse.session;

import java.io.IOException;
import org.cdevgate.fuse.libc.ProcNumbers;
import org.cdevgate.fuse.libc.ThreadIds;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of a calling thread whether it ends as soon as its system call does. Never says so of one
 * that lives, whose call's result it would lose: a thread that /proc does not show may be dead, or
 * belong to somebody whose processes /proc hides from this one (hidepid, ProtectProc=), or /proc
 * may have the numbers of another pid namespace. The kernel itself then says whether there is such
 * a thread; if there is, nothing more can be known of it.
 *
 * <p>For one thread.
 */
final class DyingCallers {
    private static final Logger LOG = LoggerFactory.getLogger(DyingCallers.class);

    private final String name;
    private final SpareDescriptor spare = new SpareDescriptor();
    private boolean unseenTold;

    /**
     * @param name of the session, for the log
     */
    DyingCallers(String name) {
        this.name = name;
    }

    /**
     * Whether a thread is dying or gone.
     *
     * @param tid as the kernel's request has it; 0 for one of a pid namespace that this process
     *     does not see, of which nothing is known
     */
    boolean isDying(int tid) {
        String status = tid > 0 ? status(tid) : null;
        if (status != null) {
            return ProcStatus.parse(status).isDying();
        }
        if (tid > 0 && ThreadIds.isNone(tid)) {
            return true;
        }
        tellUnseen(tid);
        return false;
    }

    private @Nullable String status(int tid) {
        try {
            // Looked at anew each time: somebody may mount a /proc at any time.
            if (ProcNumbers.areOurs(spare.read(ProcNumbers.SELF))) {
                return spare.read("/proc/" + tid + "/status");
            }
        } catch (IOException e) {
            return null; // gone, hidden, or no descriptor is free: the next look may find one
        }
        return null;
    }

    private void tellUnseen(int tid) {
        if (!unseenTold) {
            unseenTold = true;
            LOG.warn(
                    "{}: a caller (thread {}) has a signal that its driver ignores, and this process"
                            + " cannot see in /proc whether the caller is dying (hidepid,"
                            + " ProtectProc=, another pid namespace?): if it is, it stays until the"
                            + " driver answers; see docs/fuse.md, signals and the death of clients",
                    name,
                    tid);
        }
    }

    void close() {
        spare.close();
    }
}
