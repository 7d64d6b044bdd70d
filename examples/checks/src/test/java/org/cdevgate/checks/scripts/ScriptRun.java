package org.cdevgate.checks.scripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A script that was started, and what it says. */
final class ScriptRun {
    private static final long LIMIT_SECONDS = 60;

    private final Process process;
    private final Path output;
    private final Path errors;

    private ScriptRun(Process process, Path output, Path errors) {
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    /** Starts it; what it says goes to files in a folder. */
    static ScriptRun start(ProcessBuilder script, Path folder) throws IOException {
        Path output = Files.createTempFile(folder, "output", "");
        Path errors = Files.createTempFile(folder, "errors", "");
        Process process =
                script.redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
        return new ScriptRun(process, output, errors);
    }

    /** Waits for its end; the exit status, 128 more than the number of the signal that ended it. */
    int status() throws InterruptedException, IOException {
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        assertTrue(ended, "hangs; it said " + output() + errors());
        return process.exitValue();
    }

    ScriptRun expect(int status) throws InterruptedException, IOException {
        int got = status();
        assertEquals(status, got, () -> said());
        return this;
    }

    private String said() {
        try {
            return output() + errors();
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** What it printed on stdout. */
    String output() throws IOException {
        return Files.readString(output);
    }

    /** What it printed on stderr. */
    String errors() throws IOException {
        return Files.readString(errors);
    }

    /** Its process, which leads its group. */
    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    Process process() {
        return process;
    }

    /**
     * Sends a signal if it has not ended, to the script alone, or as a terminal does to its whole
     * group.
     */
    void signal(String name, boolean group) throws IOException, InterruptedException {
        new ProcessBuilder(
                        "bash",
                        "-c",
                        "kill -s \"$1\" -- \"$2\"",
                        "bash",
                        name,
                        (group ? "-" : "") + pid())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** The processes that are or were in its session. */
    String left() throws IOException {
        StringBuilder left = new StringBuilder();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path each : all.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
                String[] stat = stat(each);
                // state ppid pgrp session
                if (stat.length > 3
                        && stat[3].equals(Long.toString(pid()))
                        && !stat[0].equals("Z")) {
                    left.append(each).append(' ').append(commandOf(each)).append('\n');
                }
            }
        }
        return left.toString();
    }

    private static String[] stat(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        } catch (IOException e) {
            return new String[0]; // it has ended meanwhile
        }
    }

    private static String commandOf(Path process) {
        try {
            return Files.readString(process.resolve("cmdline")).replace('\0', ' ');
        } catch (IOException e) {
            return "(ended)";
        }
    }
}
