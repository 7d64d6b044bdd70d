package org.cdevgate.examples.cycles;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What a process has that a cycle could leave behind, counted while no device is plugged in.
 *
 * @param threads of this JVM; those that wait for the end of a client are the JDK's and not counted
 * @param descriptors of this JVM
 * @param mounts of this file system that the kernel shows this process
 * @param heapKib live heap in KiB
 */
record Footprint(int threads, int descriptors, int mounts, long heapKib) {
    private static final int COLLECTIONS = 5;

    static Footprint now(String fileSystem) throws IOException {
        return new Footprint(threadsNow(), descriptorsNow(), mountsNow(fileSystem), heapNow());
    }

    static int threadsNow() {
        return (int)
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !thread.getName().startsWith("process reaper"))
                        .count();
    }

    private static int descriptorsNow() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return (int) descriptors.count();
        }
    }

    private static int mountsNow(String fileSystem) throws IOException {
        try (Stream<String> mounts =
                Files.lines(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8)) {
            return (int) mounts.filter(line -> line.contains(" " + fileSystem + " ")).count();
        }
    }

    /**
     * What is reachable, the total of {@code jcmd GC.class_histogram}: the memory in use after a
     * collection also has what lies between objects, some percent of it. The least of several,
     * because other threads allocate meanwhile.
     */
    private static long heapNow() throws IOException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            String total = histogram().lines().reduce((before, last) -> last).orElse("");
            String[] columns = total.trim().split("\\s+", -1); // Total instances bytes
            if (columns.length < 3 || !columns[0].equals("Total")) {
                throw new IOException("a class histogram ends with \"" + total + "\"");
            }
            least = Math.min(least, Long.parseLong(columns[2]));
        }
        return (least + 512) / 1024;
    }

    private static String histogram() throws IOException {
        try {
            return (String)
                    ManagementFactory.getPlatformMBeanServer()
                            .invoke(
                                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                    "gcClassHistogram",
                                    new Object[] {new String[0]},
                                    new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new IOException("this JVM makes no class histogram; use a HotSpot one", e);
        }
    }

    /**
     * Reports what has grown since an earlier one.
     *
     * @param heapGrowth by how much the live heap may, for example 1.02
     */
    void compareWith(Footprint before, double heapGrowth, Violations violations) {
        violations.unless(
                threads <= before.threads, "threads grew, " + before.threads + " to " + threads);
        violations.unless(
                descriptors <= before.descriptors,
                "descriptors grew, " + before.descriptors + " to " + descriptors);
        violations.unless(
                mounts == before.mounts, "mounts changed, " + before.mounts + " to " + mounts);
        violations.unless(
                heapKib <= before.heapKib * heapGrowth,
                "the live heap grew, " + before.heapKib + " to " + heapKib + " KiB");
    }
}
