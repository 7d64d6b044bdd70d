package org.cdevgate.examples.cycles;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process has that a cycle could leave behind, counted while no device is plugged in.
 *
 * @param threads of this JVM; those that wait for the end of a client are the JDK's and not counted
 * @param descriptors of this JVM
 * @param mounts of this file system that the kernel shows this process
 * @param heapKib live heap in KiB, after garbage collections
 */
record Footprint(int threads, int descriptors, int mounts, long heapKib) {
    private static final int COLLECTIONS = 8;

    /** Growth of the live heap that is no leak: 2 %, for code that was compiled meanwhile. */
    private static final double HEAP_GROWTH = 1.02;

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

    /** The least of several, because other threads allocate meanwhile. */
    private static long heapNow() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            least = Math.min(least, used);
        }
        return (least + 512) / 1024;
    }

    /** Reports what has grown since an earlier one. */
    void compareWith(Footprint before, Violations violations) {
        violations.unless(
                threads <= before.threads, "threads grew, " + before.threads + " to " + threads);
        violations.unless(
                descriptors <= before.descriptors,
                "descriptors grew, " + before.descriptors + " to " + descriptors);
        violations.unless(
                mounts == before.mounts, "mounts changed, " + before.mounts + " to " + mounts);
        violations.unless(
                heapKib <= before.heapKib * HEAP_GROWTH,
                "the live heap grew, " + before.heapKib + " to " + heapKib + " KiB");
    }
}
