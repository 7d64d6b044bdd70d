package org.cdevgate.fuse.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What /proc tells of processes that should not be there, or not in that state. */
final class ProcessTable {
    private static final Path PROC = Path.of("/proc");

    private ProcessTable() {}

    /** The processes that run the client; not those of another suite that runs beside this one. */
    static List<Integer> clients(Path program) throws IOException {
        String name = program.getFileName().toString();
        List<Integer> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path each : all) {
                // Not cmdline: that of a process that hangs may hang too.
                if (read(each.resolve("comm")).strip().equals(name)) {
                    found.add(Integer.parseInt(each.getFileName().toString()));
                }
            }
        }
        return found;
    }

    /** For a violation: each thread's state, and where it is in the kernel. */
    static String describe(int pid) throws IOException {
        StringBuilder text = new StringBuilder("process " + pid + ":\n");
        Path tasks = PROC.resolve(pid + "/task");
        if (!Files.exists(tasks)) {
            return text.append("  has ended\n").toString();
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
            for (Path each : all) {
                text.append("  thread ").append(each.getFileName());
                for (String line : read(each.resolve("status")).split("\n", -1)) {
                    if (line.startsWith("State:")
                            || line.startsWith("SigPnd:")
                            || line.startsWith("ShdPnd:")) {
                        text.append(' ').append(line.replace('\t', ' '));
                    }
                }
                text.append(" in ").append(read(each.resolve("wchan"))).append('\n');
                text.append(read(each.resolve("stack")).indent(6));
            }
        }
        return text.toString();
    }

    /** What a file of a process that may end at any moment says; empty if it has, or may not. */
    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
