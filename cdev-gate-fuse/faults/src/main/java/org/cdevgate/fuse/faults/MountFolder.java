package org.cdevgate.fuse.faults;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The folder that the server mounts upon, as others can get at it: without ever walking into it,
 * because that may hang.
 */
public final class MountFolder {
    private static final Path CONNECTIONS = Path.of("/sys/fs/fuse/connections");

    private final Path path;

    public MountFolder(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /** The line of mountinfo of what is mounted there last. */
    private Optional<String> entry() throws IOException {
        String field = " " + path + " ";
        return Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8).stream()
                .filter(line -> line.contains(field))
                .reduce((first, second) -> second);
    }

    public boolean isMounted() throws IOException {
        return entry().isPresent();
    }

    /** Ends the connection through fusectl, which is mounted if it is not yet. */
    void abort() throws IOException, InterruptedException {
        if (!isFusectlMounted()) {
            run("mount", "-t", "fusectl", "none", CONNECTIONS.toString());
        }
        String device = entry().orElseThrow(() -> notMounted("abort")).split(" ", -1)[2];
        Path abort =
                CONNECTIONS.resolve(device.substring(device.indexOf(':') + 1)).resolve("abort");
        try (FileOutputStream out = new FileOutputStream(abort.toFile())) {
            out.write('1');
        }
    }

    private IOException notMounted(String what) {
        return new IOException("nothing is mounted on " + path + " to " + what);
    }

    private static boolean isFusectlMounted() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8).stream()
                .anyMatch(line -> line.contains(" - fusectl "));
    }

    /** umount(8) with an option; whether it succeeded. */
    public boolean unmount(String option) throws IOException, InterruptedException {
        return run("umount", option, path.toString()) == 0;
    }

    /** Removes what is left, whatever state it is in. */
    public void clear() throws IOException, InterruptedException {
        for (int i = 0; i < 5 && isMounted(); i++) {
            unmount("-f");
            unmount("-l");
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (!process.waitFor(Limits.ANSWER.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " hangs");
        }
        return process.exitValue();
    }
}
