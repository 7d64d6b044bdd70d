package org.cdevgate.cli.explore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A line of /proc/PID/stat, or of a thread, see proc(5).
 *
 * @param state {@code R} where it runs or is about to, {@code D} where it waits for a disk
 * @param parent the process id
 */
record ProcStat(char state, String parent) {
    private static final ProcStat NONE = new ProcStat(' ', "");

    /** That of a process; without content if it has ended. */
    static ProcStat of(String pid) {
        return of(Path.of("/proc", pid, "stat"));
    }

    /** That of a file. */
    static ProcStat of(Path file) {
        try {
            String stat = Files.readString(file, StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return new ProcStat(fields[0].charAt(0), fields[1]);
        } catch (IOException e) {
            return NONE;
        }
    }
}
