package org.cdevgate.fuse.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the process of a thread in /proc (proc(5)): the kernel's FUSE requests name threads. */
final class ProcessOfThread {
    private static final String TGID = "Tgid:";

    private ProcessOfThread() {}

    /**
     * The process id of a thread; the thread's own id if it cannot be found, -1 if there is none.
     */
    static int of(int tid) {
        if (tid <= 0) {
            return -1; // a process of a pid namespace that this one does not see
        }
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + tid + "/status"))) {
                if (line.startsWith(TGID)) {
                    return Integer.parseInt(line.substring(TGID.length()).trim());
                }
            }
        } catch (IOException e) {
            return tid; // it has ended, or /proc hides it (hidepid)
        }
        return tid;
    }
}
