package org.cdevgate.fuse.session;

import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether drivers may use the memory of callers, and what they get when it is refused. What an
 * administrator can change is logged once per mount, because a caller may provoke it in a loop. For
 * any thread.
 */
final class CallerMemoryPolicy {
    private static final Logger LOG = LoggerFactory.getLogger(FuseSession.class);

    private final String name;
    private final AtomicBoolean loggedForbidden = new AtomicBoolean();
    private final AtomicBoolean loggedUnknown = new AtomicBoolean();

    private boolean allowed;
    private volatile boolean ended;

    CallerMemoryPolicy(String name) {
        this.name = name;
    }

    /** Switches it on, before the session starts. */
    void allow() {
        allowed = true;
    }

    /**
     * Returns if drivers may use the memory of callers.
     *
     * @throws UnsupportedOperationException if not; the message says what to do
     */
    void check() {
        if (!allowed) {
            throw new UnsupportedOperationException(
                    name
                            + ": the memory of callers is not open to drivers on this mount; mount"
                            + " with DeviceMount.builder(..).callerMemory(true)");
        }
    }

    /** This end is about to end the connection, which answers every request. */
    void end() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }

    /** The kernel could not tell who calls. */
    ErrnoException unknownCaller() {
        String reason =
                "the memory of a caller from outside this process's pid namespace cannot be"
                        + " accessed; run the server in the callers' pid namespace or in one above"
                        + " it (docker run --pid host)";
        if (loggedUnknown.compareAndSet(false, true)) {
            LOG.warn("{}: {}; logged once", name, reason);
        }
        return new ErrnoException(Errno.EPERM, reason);
    }

    /**
     * What the kernel said.
     *
     * @param errno of {@link org.cdevgate.fuse.memory.CallerMemoryCopy}; null for one without a
     *     name
     */
    ErrnoException of(@Nullable Errno errno, int tid) {
        if (errno == null) {
            return Errno.EIO.exception();
        }
        if (errno == Errno.EPERM) {
            return forbidden(tid);
        }
        if (errno == Errno.ESRCH || errno == Errno.ENOTCONN) {
            return new ErrnoException(
                    Errno.ESRCH,
                    "the request of thread "
                            + tid
                            + " has been answered: its process is dying, or its connection"
                            + " has ended; its memory is not accessed any more");
        }
        return errno.exception();
    }

    private ErrnoException forbidden(int tid) {
        String reason =
                "the memory of thread "
                        + tid
                        + " cannot be accessed: its process belongs to another user, has"
                        + " capabilities that this one lacks, or cannot be dumped (prctl(2)"
                        + " PR_SET_DUMPABLE), or a security module forbids it (Yama's"
                        + " kernel.yama.ptrace_scope above 0 if it was raised after the mount);"
                        + " give the server CAP_SYS_PTRACE";
        if (loggedForbidden.compareAndSet(false, true)) {
            LOG.warn("{}: {}; logged once", name, reason);
        }
        return new ErrnoException(Errno.EPERM, reason);
    }
}
