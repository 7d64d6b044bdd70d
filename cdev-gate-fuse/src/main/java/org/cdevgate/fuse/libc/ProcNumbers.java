package org.cdevgate.fuse.libc;

/**
 * Whether the numbers in /proc are those that the kernel's requests carry. In a pid namespace
 * without a /proc of its own they are another namespace's: /proc/TID is there, of somebody else.
 */
public final class ProcNumbers {
    /** The file that tells, proc(5). */
    public static final String SELF = "/proc/self/status";

    private static final String NSPID = "NSpid:";

    private ProcNumbers() {}

    /**
     * Whether /proc belongs to this process's pid namespace.
     *
     * @param self what {@link #SELF} holds: its NSpid has the numbers of this process in the
     *     namespace of that /proc and in each below it, down to its own
     */
    public static boolean areOurs(String self) {
        return self.lines()
                .filter(line -> line.startsWith(NSPID))
                .anyMatch(line -> line.substring(NSPID.length()).strip().equals(ownPid()));
    }

    private static String ownPid() {
        return Integer.toString(Libc.CALLS.getpid());
    }
}
