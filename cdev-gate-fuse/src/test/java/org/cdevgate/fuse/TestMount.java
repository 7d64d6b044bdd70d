package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;

/**
 * A mount on a temporary folder. Closing it checks what holds after every test: each open file was
 * released once, nothing is held for a sleeping call, the mount is gone, and no thread is left.
 */
final class TestMount implements AutoCloseable {
    /** How the names of threads begin that tests, JUnit and the JDK make. */
    private static final List<String> NOT_OURS = List.of("harness-", "junit-", "process reaper");

    private final TemporaryMountPoint folder;
    private final Set<Thread> threadsBefore;
    private final DeviceMount mount;
    private final List<CountingDriver> drivers = new ArrayList<>();
    private boolean closed;

    private TestMount(UnaryOperator<DeviceMountBuilder> choices) throws IOException {
        folder = new TemporaryMountPoint();
        threadsBefore = threads();
        mount = choices.apply(DeviceMount.builder(folder.path())).mount();
    }

    /** Mounts once, so that what the library makes once per JVM is there. */
    static void loadEverything() throws Exception {
        requireFuse();
        try (TemporaryMountPoint folder = new TemporaryMountPoint()) {
            Within.run("first mount", () -> DeviceMount.mount(folder.path()).close());
        }
    }

    static TestMount create() throws Exception {
        return create(builder -> builder);
    }

    static TestMount create(UnaryOperator<DeviceMountBuilder> choices) throws Exception {
        return Within.limit("mount", Within.LIMIT, () -> new TestMount(choices));
    }

    /** These tests are never skipped: without FUSE nothing of what they promise is shown. */
    private static void requireFuse() {
        Path device = Path.of("/dev/fuse");
        if (!Files.isReadable(device) || !Files.isWritable(device)) {
            throw new AssertionError(
                    device
                            + (Files.exists(device)
                                    ? " is not open to this user; chmod 666 it, or run as root"
                                    : " is missing; load the kernel module (modprobe fuse) or"
                                            + " give the container the device (--device /dev/fuse"
                                            + " --cap-add SYS_ADMIN)")
                            + ". The integration tests need it.");
        }
    }

    DeviceMount mount() {
        return mount;
    }

    String path() {
        return mount.mountPoint().toString();
    }

    String path(String name) {
        return mount.path(name).toString();
    }

    /** Registers a stream device. */
    FopsGate register(String name, FileOperations driver) throws IOException {
        remember(driver);
        return mount.register(name, driver);
    }

    /** Registers a gate. */
    FopsGate register(FopsGate gate, DeviceNode node, FileOperations driver) throws IOException {
        remember(driver);
        mount.register(gate, node);
        return gate;
    }

    private void remember(FileOperations driver) {
        if (driver instanceof CountingDriver counting) {
            drivers.add(counting);
        }
    }

    /** Removes a device. */
    void remove(FopsGate gate) throws Exception {
        Within.run("unregisterSync() of " + gate.name(), gate::unregisterSync);
    }

    /** Closes the mount only, without the checks. */
    void unmount() throws Exception {
        Within.run("DeviceMount.close()", mount::close);
    }

    /** Skips a test that calls {@link #abort()} where that has no effect: for an ordinary user. */
    static void requireAbort() throws Exception {
        assumeTrue(new OrdinaryUser().isPlayedByRoot(), "only root aborts by umount -f");
    }

    /** Somebody else ends the connection, and takes the mount away. */
    void abort() throws Exception {
        // Busy, so the first fails; but it aborts the connection.
        Shell.run("umount -f \"$1\"; umount -l \"$1\"", path()).expect(0);
    }

    /** Waits until this many calls of the mount occupy a thread. */
    void awaitParked(int count) {
        Within.limit(
                count + " calls parked",
                () -> mount.parkedCalls() == count,
                () -> mount.parkedCalls() + " are");
    }

    /** Waits until this many calls of a verb are asleep in the driver or on its queues. */
    static void awaitAsleep(FopsGate gate, Verb verb, int count) {
        Within.limit(
                count + " calls of " + verb + " asleep",
                () -> asleep(gate, verb) == count,
                () -> "in flight: " + gate.callsInFlight());
    }

    /** The number of calls of a verb that are asleep in the driver or on its queues. */
    static long asleep(FopsGate gate, Verb verb) {
        return gate.callsInFlight().stream()
                .filter(call -> call.verb() == verb && call.waitingOn() != null)
                .count();
    }

    /** Waits until no call is in flight. */
    static void awaitNoCalls(FopsGate gate) {
        Within.limit(
                "no call in flight",
                () -> gate.callsInFlight().isEmpty(),
                () -> "in flight: " + gate.callsInFlight());
    }

    /** Waits until the driver has got release for each file that was opened. */
    static void awaitReleased(CountingDriver driver) {
        Within.limit(
                "release once for each open file",
                driver::isEachReleasedOnce,
                () -> driver.opens() + " opened, " + driver.releases() + " released");
    }

    /** Waits until the driver has got this many calls of release. */
    static void awaitReleases(CountingDriver driver, int count) {
        Within.limit(
                count + " calls of release",
                () -> driver.releases() == count,
                () -> driver.opens() + " opened, " + driver.releases() + " released");
    }

    /** Waits until processes have this many files open. */
    static void awaitOpenFiles(DeviceMount mount, int count) {
        Within.limit(
                count + " open files",
                () -> mount.openFiles() == count,
                () -> mount.openFiles() + " are open");
    }

    boolean isMounted() throws IOException {
        return folder.isMounted();
    }

    /** The threads of this JVM that the library may have made, now. */
    static Set<Thread> threads() {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeIf(
                thread -> NOT_OURS.stream().anyMatch(start -> thread.getName().startsWith(start)));
        return threads;
    }

    /** Waits until no thread is left of those that the mount made. */
    void awaitThreadsGone() {
        Within.limit(
                "threads of the mount gone", () -> newThreads().isEmpty(), this::newThreadText);
    }

    private Set<Thread> newThreads() {
        Set<Thread> threads = threads();
        threads.removeAll(threadsBefore);
        return threads;
    }

    private String newThreadText() {
        StringBuilder text = new StringBuilder("left behind:\n");
        for (Thread thread : newThreads()) {
            text.append(thread.getName()).append('\n');
            for (StackTraceElement frame : thread.getStackTrace()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            unmount();
            drivers.forEach(TestMount::awaitReleased);
            Within.limit(
                    "what sleeping calls held is given back",
                    () -> mount.sleepingBytes() == 0 && mount.parkedCalls() == 0,
                    () -> mount.sleepingBytes() + " bytes are held");
            if (isMounted()) {
                throw new AssertionError(path() + " is still mounted after DeviceMount.close()");
            }
            awaitThreadsGone();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("DeviceMount.close() failed", e);
        } finally {
            folder.close();
        }
    }

    /** A folder to mount upon, which is removed without ever walking into a mount. */
    static final class TemporaryMountPoint implements AutoCloseable {
        private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

        private final Path parent;
        private final Path path;

        TemporaryMountPoint() throws IOException {
            parent = Files.createTempDirectory("cdev-gate-it-").toRealPath();
            path = Files.createDirectory(parent.resolve("dev"));
        }

        Path path() {
            return path;
        }

        boolean isMounted() throws IOException {
            String field = " " + path.toString().replace(" ", "\\040") + " ";
            return Files.readAllLines(MOUNTS, StandardCharsets.UTF_8).stream()
                    .anyMatch(line -> line.contains(field));
        }

        @Override
        public void close() throws IOException {
            try {
                for (int tries = 0; isMounted() && tries < 3; tries++) {
                    Shell.run("umount -l \"$1\" || fusermount3 -u -z \"$1\"", path.toString());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (!isMounted()) {
                Files.delete(path);
                Files.delete(parent);
            }
        }
    }
}
