package org.cdevgate.fuse.faults.attack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What /proc tells of the library's threads in a server. */
final class LibraryThreads {
    private static final long MILLIS_PER_TICK = 10; // USER_HZ is 100
    private static final int UTIME = 11; // fields of stat after the name, from 0
    private static final int STIME = 12;

    private LibraryThreads() {}

    /** The processor time of each so far, by the name that the kernel keeps 15 bytes of. */
    static Map<String, Long> processorMillis(long pid) throws IOException {
        Map<String, Long> times = new TreeMap<>();
        try (DirectoryStream<Path> tasks =
                Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks) {
                String stat;
                try {
                    stat = Files.readString(task.resolve("stat"), StandardCharsets.UTF_8);
                } catch (NoSuchFileException e) {
                    continue; // it has ended
                }
                String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                if (name.startsWith("fuse-")) {
                    long ticks = Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
                    times.merge(name, ticks * MILLIS_PER_TICK, Long::sum);
                }
            }
        }
        return times;
    }
}
