package org.cdevgate.fuse.faults.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** What a JVM has when it serves nothing, and what it has too much afterwards. */
final class Leftovers {
    private static final long LIMIT_NANOS = 20_000_000_000L;

    private final Set<Thread> threads = threads();
    private final Map<String, Integer> descriptors = descriptors();

    /** Waits until nothing is left over, for a limited time; empty if so. */
    String await() throws InterruptedException {
        if (await(() -> newThreads().isEmpty() && newDescriptors().isEmpty())) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (Thread thread : newThreads()) {
            text.append("leaked thread ").append(thread.getName()).append(":\n");
            for (StackTraceElement frame : thread.getStackTrace()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        newDescriptors()
                .forEach(
                        (target, count) ->
                                text.append("leaked descriptors: ")
                                        .append(count)
                                        .append(" of ")
                                        .append(target)
                                        .append('\n'));
        return text.toString();
    }

    private static boolean await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            // A channel that is closed holds /dev/null until it is collected.
            System.gc();
            Thread.sleep(2);
        }
        return true;
    }

    private static Set<Thread> threads() {
        Set<Thread> all = new HashSet<>(Thread.getAllStackTraces().keySet());
        all.removeIf(thread -> thread.getName().startsWith("faults-"));
        return all;
    }

    private Set<Thread> newThreads() {
        Set<Thread> left = threads();
        left.removeAll(threads);
        return left;
    }

    private Map<String, Integer> newDescriptors() {
        Map<String, Integer> left = new TreeMap<>();
        descriptors()
                .forEach(
                        (target, count) -> {
                            int more = count - descriptors.getOrDefault(target, 0);
                            if (more > 0) {
                                left.put(target, more);
                            }
                        });
        return left;
    }

    /** How many descriptors there are of each file. */
    private static Map<String, Integer> descriptors() {
        Map<String, Integer> targets = new TreeMap<>();
        try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path fd : fds) {
                String target = target(fd);
                if (!target.isEmpty() && !target.endsWith("/fd")) { // that of this very look
                    targets.merge(target, 1, Integer::sum);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list this process's descriptors", e);
        }
        return targets;
    }

    /** What a descriptor is of; empty if it was closed meanwhile. */
    private static String target(Path fd) throws IOException {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
