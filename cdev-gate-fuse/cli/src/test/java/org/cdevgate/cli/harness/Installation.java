package org.cdevgate.cli.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The archive, unpacked where every user may read it, with temporary folders of its own. */
public final class Installation implements AutoCloseable {
    private static final int NOBODY = 65534;

    /** Who runs the command; an ordinary user is one that root plays, if root runs the tests. */
    public enum User {
        /** Who runs the tests. */
        SELF,
        /** Without privileges. */
        ORDINARY
    }

    private static @Nullable Path unpacked; // guarded by the class

    private final Path folder;
    private final Path archive;

    public Installation() throws IOException {
        archive = unpacked();
        folder = Files.createTempDirectory("cdev-gate-tests-").toRealPath();
        open(folder, "rwxrwxrwx");
        open(Files.createDirectory(folder.resolve("tmp")), "rwxrwxrwx");
    }

    /** One for all classes of tests in this JVM, so that the classes of the command are kept. */
    private static synchronized Path unpacked() throws IOException {
        Path made = unpacked;
        if (made == null) {
            made = Files.createTempDirectory("cdev-gate-unpacked-").toRealPath();
            Path toDelete = made;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(toDelete)));
            open(made, "rwxrwxrwx");
            Path home = Files.createDirectory(made.resolve("home"));
            open(home, "rwxrwxrwx");
            open(Files.createDirectories(made.resolve("cache/cdev-gate")), "rwxrwxrwx");
            run("tar", "xzf", System.getProperty("cdevgate.archive"), "-C", home.toString());
            unpacked = made;
        }
        return made;
    }

    private static void delete(Path folder) {
        try {
            run("rm", "-rf", "--one-file-system", folder.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void open(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertEquals(0, process.onExit().join().exitValue(), () -> String.join(" ", command));
    }

    /** A folder for files of tests, open to all. */
    public Path folder() {
        return folder;
    }

    /** Where the command makes its temporary files. */
    public Path temporary() {
        return folder.resolve("tmp");
    }

    /** The launcher. */
    public Path launcher() throws IOException {
        try (DirectoryStream<Path> unpacking =
                Files.newDirectoryStream(archive.resolve("home"), "cdev-gate-*")) {
            return unpacking.iterator().next().resolve("bin/cdev-gate");
        }
    }

    /** Starts the command. */
    public Command start(User user, String... arguments) throws IOException {
        return start(user, Map.of(), arguments);
    }

    /** Starts the command with more in its environment. */
    public Command start(User user, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> line = new ArrayList<>();
        line.add(launcher().toString());
        line.addAll(List.of(arguments));
        return program(user, environment, line);
    }

    /** Starts any program as a user. */
    public Command program(User user, Map<String, String> environment, List<String> program)
            throws IOException {
        List<String> line = new ArrayList<>();
        if (user == User.ORDINARY && "root".equals(System.getProperty("user.name"))) {
            String id = String.valueOf(NOBODY);
            line.addAll(List.of("setpriv", "--reuid", id, "--regid", id, "--clear-groups", "--"));
        }
        line.addAll(List.of("env", "--default-signal")); // a JVM's children block SIGQUIT
        line.addAll(program);
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
        builder.environment()
                .putAll(
                        Map.of(
                                "HOME", archive.resolve("home").toString(),
                                "XDG_CACHE_HOME", archive.resolve("cache").toString(),
                                "TMPDIR", temporary().toString(),
                                "LC_ALL", "C.UTF-8",
                                "PATH", System.getenv("PATH") + ":/usr/sbin:/sbin"));
        builder.environment().putAll(environment);
        return new Command(builder);
    }

    /** Waits until nothing of a command is left: no folder, no mount, no process beside it. */
    public void awaitNothingLeft() {
        Command.await(
                "no folder in " + temporary(),
                () -> {
                    try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary())) {
                        return !left.iterator().hasNext();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
        Command.await("no mount in " + folder, () -> !mounts().contains(folder.toString()));
    }

    private static String mounts() {
        try {
            return Files.readString(Path.of("/proc/self/mountinfo"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Deletes it; the mounts have to be gone. */
    @Override
    public void close() {
        delete(folder);
    }
}
