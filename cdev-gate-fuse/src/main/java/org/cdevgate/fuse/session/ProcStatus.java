package org.cdevgate.fuse.session;

/**
 * The signal masks of a thread, from /proc/TID/status (proc(5)).
 *
 * @param pending of the thread (SigPnd)
 * @param shared of its process (ShdPnd)
 * @param blocked (SigBlk)
 * @param ignored (SigIgn)
 * @param caught (SigCgt)
 */
record ProcStatus(long pending, long shared, long blocked, long ignored, long caught) {
    private static final long SIGKILL = bit(9);

    // Signals whose default action does not end the process: CHLD, CONT, STOP, TSTP, TTIN, TTOU,
    // URG, WINCH (signal(7)).
    private static final long HARMLESS =
            bit(17) | bit(18) | bit(19) | bit(20) | bit(21) | bit(22) | bit(23) | bit(28);

    private static long bit(int signal) {
        return 1L << (signal - 1);
    }

    static ProcStatus parse(String status) {
        long[] masks = new long[5];
        String[] names = {"SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:"};
        for (String line : status.split("\n", -1)) {
            for (int i = 0; i < names.length; i++) {
                if (line.startsWith(names[i])) {
                    masks[i] = Long.parseUnsignedLong(line.substring(names[i].length()).trim(), 16);
                }
            }
        }
        return new ProcStatus(masks[0], masks[1], masks[2], masks[3], masks[4]);
    }

    /**
     * Whether the thread ends as soon as its system call does. The kernel marks most fatal signals
     * by a pending SIGKILL of each thread, but not those that dump core (SIGQUIT).
     */
    boolean isDying() {
        if ((pending & SIGKILL) != 0) {
            return true;
        }
        return ((pending | shared) & ~blocked & ~ignored & ~caught & ~HARMLESS) != 0;
    }
}
