package org.cdevgate.fuse.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cdevgate.fuse.libc.ProcNumbers;
import org.cdevgate.fuse.libc.ThreadIds;

/** Finds the process of a thread in /proc (proc(5)): the kernel's FUSE requests name threads. */
final class ProcessOfThread {
    private static final String TGID = "Tgid:";
    private static final String PPID = "PPid:";

    private ProcessOfThread() {}

    /**
     * The process id of a thread; the thread's own id if it cannot be found, -1 if there is none.
     */
    static int of(int tid) {
        if (tid <= 0) {
            return -1; // a process of a pid namespace that this one does not see
        }
        if (ThreadIds.isIn(tid, tid)) {
            return tid; // its main thread; /proc takes longer than the rest of an open
        }
        int pid = field("/proc/" + tid + "/status", TGID);
        // A /proc of another pid namespace has another thread of that number.
        return pid > 0 && ThreadIds.isIn(pid, tid) ? pid : tid;
    }

    /** The process id of a thread's parent process; -1 if it cannot be found. */
    static int parentOf(int tid) {
        try {
            if (tid > 0 && ProcNumbers.areOurs(Files.readString(Path.of(ProcNumbers.SELF)))) {
                return field("/proc/" + tid + "/status", PPID);
            }
        } catch (IOException e) {
            return -1; // there is no /proc, or no descriptor is free
        }
        return -1;
    }

    private static int field(String status, String name) {
        try {
            for (String line : Files.readAllLines(Path.of(status))) {
                if (line.startsWith(name)) {
                    return Integer.parseInt(line.substring(name.length()).trim());
                }
            }
        } catch (IOException e) {
            return -1; // it has ended, or /proc hides it (hidepid)
        }
        return -1;
    }
}
