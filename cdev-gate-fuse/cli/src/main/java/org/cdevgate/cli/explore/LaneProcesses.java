package org.cdevgate.cli.explore;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * The processes of a program, children that have left its session included: those in a lane's mount
 * namespace, or, where it has none of its own, those whose environment names the lane's devices.
 */
final class LaneProcesses {
    private static final Path PROC = Path.of("/proc");
    private static final Duration GRACE = Duration.ofMillis(500);
    private static final Duration KILLED = Duration.ofSeconds(10);
    private static final long LOOK_NANOS = Duration.ofMillis(2).toNanos();

    private final Optional<Path> namespace;
    private final byte[] marker;
    private final Predicate<String> own;

    /** Processes of others. One that was seen stays so: nobody else comes into a namespace. */
    private Set<String> others = new HashSet<>();

    private List<String> last = List.of();

    /**
     * @param own whether a process of the lane is not the program's
     * @param isolated whether the lane has a namespace, that of {@code member}
     * @param marker an entry of the environment
     */
    LaneProcesses(Predicate<String> own, boolean isolated, String member, String marker)
            throws IOException {
        this.own = own;
        this.namespace =
                isolated
                        ? Optional.of(
                                Files.readSymbolicLink(PROC.resolve(member).resolve("ns/mnt")))
                        : Optional.empty();
        this.marker = (marker + '\0').getBytes(StandardCharsets.UTF_8);
    }

    /** The program's processes that have not ended. */
    List<String> members() {
        List<String> members = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        String[] all = new File("/proc").list();
        for (String pid : all == null ? new String[0] : all) {
            if (!Character.isDigit(pid.charAt(0))) {
                continue;
            }
            if (others.contains(pid)) {
                seen.add(pid);
            } else if (isMember(pid)) {
                if (!own.test(pid)) {
                    members.add(pid);
                }
            } else if (Files.exists(PROC.resolve(pid))) {
                seen.add(pid);
            }
        }
        others = seen;
        return members;
    }

    private boolean isMember(String pid) {
        Path process = PROC.resolve(pid);
        try {
            return namespace.isPresent()
                    ? Files.readSymbolicLink(process.resolve("ns/mnt")).equals(namespace.get())
                    : contains(Files.readAllBytes(process.resolve("environ")), marker);
        } catch (IOException e) {
            return false; // it has ended, or is somebody else's
        }
    }

    private static boolean contains(byte[] environment, byte[] entry) {
        String all = '\0' + new String(environment, StandardCharsets.ISO_8859_1);
        return all.contains('\0' + new String(entry, StandardCharsets.ISO_8859_1));
    }

    /**
     * Whether one of them runs, is about to, or waits for a disk; or whether they are others than
     * at the last look, as those of a loop that starts processes are.
     */
    boolean isBusy() {
        List<String> members = members();
        boolean changed = !members.equals(last);
        last = members;
        return changed || members.stream().anyMatch(LaneProcesses::isBusy);
    }

    private static boolean isBusy(String pid) {
        Path tasks = PROC.resolve(pid).resolve("task");
        for (String thread : tasks(pid)) {
            char state = ProcStat.of(tasks.resolve(thread).resolve("stat")).state();
            if (state == 'R' || state == 'D') {
                return true;
            }
        }
        return false;
    }

    private static String[] tasks(String pid) {
        String[] tasks = PROC.resolve(pid).resolve("task").toFile().list();
        return tasks == null ? new String[0] : tasks;
    }

    /**
     * Ends them: those that clean up behind themselves first.
     *
     * @throws IOException if one stays all the same
     */
    void end() throws IOException {
        long began = System.nanoTime();
        boolean asked = false;
        while (true) {
            List<String> members = members();
            if (members.isEmpty()) {
                return;
            }
            long waited = System.nanoTime() - began;
            if (!asked) {
                members.forEach(each -> signal(each, false));
                asked = true;
            } else if (waited > GRACE.toNanos()) {
                members.forEach(each -> signal(each, true));
            }
            if (waited > KILLED.toNanos()) {
                throw new IOException("process " + members.get(0) + " stays though it was killed");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static void signal(String pid, boolean kill) {
        ProcessHandle.of(Long.parseLong(pid))
                .ifPresent(
                        process -> {
                            if (kill) {
                                process.destroyForcibly();
                            } else {
                                process.destroy();
                            }
                        });
    }
}
