package org.cdevgate.fuse.harness;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * The client in C, compiled once per JVM if there is a compiler. It makes system calls with nothing
 * in between, signals and faults included, which a JVM keeps for itself.
 */
final class CClient {
    private static final List<String> SOURCES =
            List.of("client.c", "calls.c", "signals.c", "passing.c");
    private static final String HEADER = "client.h";
    private static final int LIMIT_SECONDS = 60;

    private CClient() {}

    /** Compiles at the first use. */
    private static final class Program {
        static final Path PATH = compile(); // null without a compiler
    }

    /** Whether there is a compiler. */
    static boolean isAvailable() {
        return Program.PATH != null;
    }

    /**
     * How to start it.
     *
     * @throws AssertionError without a compiler, in CI
     * @throws TestAbortedException without one elsewhere
     */
    static List<String> command() {
        if (!isAvailable()) {
            throw ToolMissing.of("gcc", "gcc libc6-dev");
        }
        return List.of(Program.PATH.toString());
    }

    private static Path compile() {
        if (!ToolMissing.isInstalled("gcc")) {
            return null;
        }
        try {
            Path folder = Files.createTempDirectory("cdev-gate-client-");
            folder.toFile().deleteOnExit();
            Path program = folder.resolve("client");
            program.toFile().deleteOnExit();
            List<String> line = new ArrayList<>(List.of("gcc", "-std=gnu11", "-Wall"));
            line.addAll(List.of("-Wextra", "-Werror", "-pthread", "-o", program.toString()));
            for (String source : SOURCES) {
                line.add(extract(source, folder));
            }
            extract(HEADER, folder);
            run(line);
            return program;
        } catch (IOException e) {
            throw new AssertionError("cannot compile the C client", e);
        }
    }

    private static String extract(String name, Path folder) throws IOException {
        Path target = folder.resolve(name);
        target.toFile().deleteOnExit();
        try (InputStream source = CClient.class.getResourceAsStream(name)) {
            Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
        }
        return target.toString();
    }

    private static void run(List<String> line) throws IOException {
        Path output = Files.createTempFile("gcc-", ".out");
        try {
            Process gcc =
                    new ProcessBuilder(line)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            if (!gcc.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || gcc.exitValue() != 0) {
                gcc.destroyForcibly();
                throw new AssertionError(
                        String.join(" ", line) + " failed:\n" + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while compiling the C client", e);
        } finally {
            Files.delete(output);
        }
    }
}
