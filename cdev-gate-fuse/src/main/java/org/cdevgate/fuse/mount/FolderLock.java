package org.cdevgate.fuse.mount;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.Pause;

/**
 * An flock(2) of a folder, which keeps other threads and processes from mounting on it between our
 * look at the mount table and the mount. It needs nothing but the right to read the folder, leaves
 * nothing behind, and ends with the process that has it.
 */
final class FolderLock implements AutoCloseable {
    private static final long PAUSE_NANOS = 2_000_000;
    private static final int NONE = -1;

    private final int fd;

    private FolderLock(int fd) {
        this.fd = fd;
    }

    /**
     * Waits for the lock. Where the filesystem has none (NFS may not) nothing is excluded.
     *
     * @param limit how long to wait for another holder
     * @throws IOException if the folder cannot be read, or is held for longer; the message says
     *     what to do
     */
    static FolderLock of(Path folder, Duration limit) throws IOException {
        int flags = Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC;
        int fd = Libc.CALLS.open(Libc.cString(folder.toString()), flags);
        if (fd < 0) {
            throw new IOException(
                    "cannot open "
                            + folder
                            + " to lock it while it is mounted upon: "
                            + Errno.describe(Libc.errno())
                            + "; make it readable by this user, or raise ulimit -n if that is"
                            + " EMFILE");
        }
        boolean done = false;
        try {
            long deadline = System.nanoTime() + limit.toNanos();
            while (!take(fd)) {
                if (deadline - System.nanoTime() <= 0) {
                    throw new IOException(
                            folder
                                    + " is being mounted upon by another, who has held its flock(2)"
                                    + " for "
                                    + limit.toSeconds()
                                    + " s; find and end that process with lslocks(8), or choose"
                                    + " another mount point");
                }
                Pause.nanos(PAUSE_NANOS);
            }
            done = true;
            return new FolderLock(fd);
        } finally {
            if (!done) {
                Libc.CALLS.close(fd);
            }
        }
    }

    /**
     * The lock of a folder, or one of nothing if it cannot be had, since others may keep it for
     * purposes of their own, or from this user.
     */
    static FolderLock ifPossible(Path folder, Duration limit) {
        try {
            return of(folder, limit);
        } catch (IOException e) {
            return new FolderLock(NONE);
        }
    }

    private static boolean take(int fd) {
        if (Libc.CALLS.flock(fd, Libc.LOCK_EX | Libc.LOCK_NB) == 0) {
            return true;
        }
        int errno = Libc.errno();
        // Others than these two: the filesystem has no such locks.
        return errno != Libc.EAGAIN && errno != Libc.EINTR;
    }

    @Override
    public void close() {
        if (fd != NONE) {
            Libc.CALLS.close(fd);
        }
    }
}
