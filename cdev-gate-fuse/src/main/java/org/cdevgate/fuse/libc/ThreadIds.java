package org.cdevgate.fuse.libc;

/** What the kernel says of threads without /proc, of any process of this pid namespace. */
public final class ThreadIds {
    private ThreadIds() {}

    /**
     * Whether a thread belongs to a process: one system call (tgkill(2) of signal 0, which sends
     * none), no allocation.
     *
     * @param pid the process, above 0
     * @param tid the thread, above 0
     */
    public static boolean isIn(int pid, int tid) {
        // It looks for the thread in the process before it asks whether we may send.
        return Libc.CALLS.tgkill(pid, tid, 0) == 0 || Libc.errno() == Libc.EPERM;
    }

    /**
     * Whether there is no such thread. Where the kernel does not say (a seccomp filter), there may
     * be one.
     *
     * @param tid the thread, above 0
     */
    public static boolean isNone(int tid) {
        // kill(2) finds a thread that is not its process's first as well.
        return Libc.CALLS.kill(tid, 0) != 0 && Libc.errno() == Libc.ESRCH;
    }
}
