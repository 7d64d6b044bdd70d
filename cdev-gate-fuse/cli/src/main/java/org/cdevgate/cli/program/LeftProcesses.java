package org.cdevgate.cli.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Finds what a program has left running: processes that inherited the mark in its environment,
 * whoever their parent is by now. One that has cleared its environment is not found, nor one of
 * another user's.
 */
public final class LeftProcesses {
    /** The variable that marks the program's processes. */
    static final String MARK = "CDEV_GATE_RUN";

    private LeftProcesses() {}

    /**
     * Those that run now.
     *
     * @param run as the program was started with
     */
    public static List<ProcessHandle> of(String run) {
        String variable = "\0" + MARK + "=" + run + "\0";
        return ProcessHandle.allProcesses()
                .filter(each -> ("\0" + environment(each.pid())).contains(variable))
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    private static String environment(long pid) {
        try {
            byte[] bytes = Files.readAllBytes(Path.of("/proc", String.valueOf(pid), "environ"));
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has ended, or is another user's
        }
    }
}
