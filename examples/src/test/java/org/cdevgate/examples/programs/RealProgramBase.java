package org.cdevgate.examples.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.fuse.DeviceMountBuilder;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.Removable;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * Gives each test a mount of its own and programs that run beside it. After each test nothing may
 * be left: no open file, no mount, no thread and no descriptor of this JVM.
 */
@Tag("real-programs")
@Timeout(90)
abstract class RealProgramBase {
    private static final List<String> NOT_OURS = List.of("harness-", "junit-", "process reaper");

    private final List<RealProgram> programs = new ArrayList<>();
    private Path parent;
    private Set<Thread> threadsBefore;
    private long descriptorsBefore;

    DeviceMount mount;

    /** How the mount is to be; the default choices unless a test needs others. */
    DeviceMountBuilder configure(DeviceMountBuilder builder) {
        return builder;
    }

    /** What a JVM makes once, with the first mount and the first process, is no leak. */
    @BeforeAll
    static void loadEverything() throws Exception {
        Path folder = Files.createTempDirectory("cdev-gate-programs-");
        DeviceMount.mount(folder).close();
        Files.delete(folder);
        RealProgram.runScript(":");
    }

    @BeforeEach
    final void mount() throws Exception {
        parent = Files.createTempDirectory("cdev-gate-programs-").toRealPath();
        threadsBefore = threads();
        descriptorsBefore = descriptors();
        mount =
                configure(DeviceMount.builder(Files.createDirectory(parent.resolve("dev"))))
                        .mount();
    }

    @AfterEach
    final void unmount() throws Exception {
        if (mount == null) {
            return; // the set-up has failed or was skipped, and says why
        }
        try {
            for (RealProgram program : programs) {
                program.close();
            }
            until("the files that programs had open are released", () -> mount.openFiles() == 0);
        } finally {
            within("DeviceMount.close()", mount::close);
        }
        String mounts = Files.readString(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8);
        assertTrue(!mounts.contains(parent.toString()), "a mount is left below " + parent);
        until("threads of the mount gone, of " + newThreads(), () -> newThreads().isEmpty());
        until(
                "descriptors as before",
                () -> {
                    System.gc(); // those of a closed channel go when nobody can use it any more
                    return descriptors() <= descriptorsBefore;
                });
        Files.delete(parent.resolve("dev"));
        Files.delete(parent);
    }

    /** The path of a node. */
    final String path(String name) {
        return mount.path(name).toString();
    }

    /** Starts a program, which is killed after the test if it still runs. */
    final RealProgram start(String... command) throws IOException {
        RealProgram program = RealProgram.start(command);
        programs.add(program);
        return program;
    }

    /** Starts a script of the shell, as {@link #start}. */
    final RealProgram startScript(String script, String... arguments) throws IOException {
        RealProgram program = RealProgram.startScript(script, arguments);
        programs.add(program);
        return program;
    }

    /**
     * Opens a node in a process that keeps it, whatever becomes of the device.
     *
     * @param mode how to open it, in the shell's words: {@code <}, {@code >>} or {@code <>}
     */
    final KeptDescriptor keep(String mode, String name) throws IOException {
        RealProgram shell =
                startScript(
                        "exec 3"
                                + mode
                                + "\"$1\"; echo kept; while read -r _; do"
                                + " dd bs=4096 count=1 <&3 2>&1; echo \"exit $?\"; done",
                        path(name));
        shell.awaitOutput("kept");
        return new KeptDescriptor(shell);
    }

    /** A descriptor in a process of its own. */
    static final class KeptDescriptor {
        private final RealProgram shell;
        private int reads;

        private KeptDescriptor(RealProgram shell) {
            this.shell = shell;
        }

        /** Reads once more and fails the test unless that ends with this error. */
        void expectReadFails(String error) throws IOException {
            reads++;
            int before = shell.output().length();
            shell.type("");
            shell.until(
                    "read " + reads + " through the kept descriptor",
                    () -> shell.output().substring(before).matches("(?s).*exit \\d+\n"));
            String said = shell.output().substring(before);
            assertTrue(
                    said.contains(error) && said.endsWith("exit 1\n"),
                    "read of the kept descriptor: " + said);
        }
    }

    /** Removes a device, or several as one; fails the test if that does not come to its end. */
    final void remove(Removable device) throws Exception {
        within("unregisterSync() of " + device, device::unregisterSync);
        assertTrue(device.isRemoved());
        for (FopsGate gate : device.gates()) {
            assertEquals(List.of(), gate.callsInFlight(), "calls after unregisterSync()");
        }
    }

    /** Waits until this many calls of a verb are asleep. */
    static void awaitAsleep(FopsGate gate, Verb verb, int count) {
        until(
                count + " calls of " + verb + " asleep in " + gate.name(),
                () ->
                        gate.callsInFlight().stream()
                                        .filter(call -> call.verb() == verb)
                                        .filter(call -> call.waitingOn() != null)
                                        .count()
                                == count);
    }

    /** What a test does that must come to its end. */
    interface Action {
        void run() throws Exception;
    }

    /** Does what must not hang, on a thread that is left behind if it does. */
    static void within(String what, Action action) throws Exception {
        FutureTask<Void> task =
                new FutureTask<>(
                        () -> {
                            action.run();
                            return null;
                        });
        Thread thread = new Thread(task, "harness-" + what);
        thread.setDaemon(true);
        thread.start();
        task.get(RealProgram.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        thread.join();
    }

    /** Waits until a condition holds. */
    static void until(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(RealProgram.LIMIT)
                .until(condition);
    }

    private Set<Thread> newThreads() {
        Set<Thread> threads = threads();
        threads.removeAll(threadsBefore);
        return threads;
    }

    private static Set<Thread> threads() {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeIf(
                thread -> NOT_OURS.stream().anyMatch(start -> thread.getName().startsWith(start)));
        return threads;
    }

    /** Without those of /dev/null, which a closed mount keeps two of until it is collected. */
    private static long descriptors() throws IOException {
        long count = 0;
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : open) {
                Path target;
                try {
                    target = Files.readSymbolicLink(each);
                } catch (NoSuchFileException e) {
                    continue; // closed meanwhile
                }
                if (!target.equals(Path.of("/dev/null"))) {
                    count++;
                }
            }
        }
        return count;
    }
}
