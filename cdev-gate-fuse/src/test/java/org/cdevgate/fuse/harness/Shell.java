package org.cdevgate.fuse.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command of the shell, with a time limit after which it and its children are killed. */
public final class Shell implements AutoCloseable {
    private static final int LIMIT_SECONDS = 45;

    private final String command;
    private final Path output;
    private final Path errors;
    private final Process process;

    private Shell(String name, List<String> arguments) throws IOException {
        command = name;
        // Files, not pipes: a process that cannot be killed must not keep a reader waiting.
        output = Files.createTempFile("shell-", ".out");
        errors = Files.createTempFile("shell-", ".err");
        ProcessBuilder builder =
                new ProcessBuilder(arguments)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
        builder.environment().put("LC_ALL", "C");
        process = builder.start();
        process.getOutputStream().close();
    }

    /**
     * How a command ended.
     *
     * @param command what was run
     * @param exit exit status, above 128 if killed by a signal
     * @param output standard output
     * @param errors standard error
     */
    public record Result(String command, int exit, String output, String errors) {
        /** Fails the test unless the command ended with this exit status; returns the output. */
        public String expect(int expected) {
            if (exit != expected) {
                throw new AssertionError("expected exit " + expected + " of " + this);
            }
            return output;
        }

        /** Fails the test unless the command failed with this text on standard error. */
        public void expectFailure(String text) {
            if (exit == 0 || !errors.contains(text)) {
                throw new AssertionError("expected failure \"" + text + "\" of " + this);
            }
        }
    }

    /** Runs a command to its end. Arguments are the script's $1 and so on. */
    public static Result run(String script, String... arguments)
            throws IOException, InterruptedException {
        try (Shell shell = start(script, arguments)) {
            return shell.await();
        }
    }

    /** Starts a command. Arguments are the script's $1 and so on. */
    public static Shell start(String script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("timeout", "-s", "KILL", LIMIT_SECONDS + ""));
        command.addAll(List.of("sh", "-c", script, "sh"));
        command.addAll(List.of(arguments));
        return new Shell(script + " " + List.of(arguments), command);
    }

    /**
     * Starts a program in a process of its own, so that signals reach it. They have their default
     * action, though SIGINT and SIGQUIT are ignored if this JVM was started in the background, and
     * those that dump core do not.
     */
    public static Shell exec(String... command) throws IOException {
        String script = "ulimit -c 0; exec env --default-signal \"$@\"";
        List<String> line = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        line.addAll(List.of(command));
        return new Shell(String.join(" ", command), line);
    }

    /** Sends a signal to the program that {@link #exec} started. */
    public void signal(String name) throws IOException, InterruptedException {
        run("kill -s \"$1\" \"$2\"", name, Long.toString(process.pid())).expect(0);
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has written so far. */
    public String output() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    /** Waits until it has written this. */
    public void awaitOutput(String text) {
        Within.limit(
                "output \"" + text + "\" of " + command,
                () -> output().contains(text),
                () -> "exit " + (isAlive() ? "none" : process.exitValue()));
    }

    /** Waits for its end. */
    public Result await() throws IOException, InterruptedException {
        if (!process.waitFor(LIMIT_SECONDS + 5L, TimeUnit.SECONDS)) {
            throw new AssertionError(
                    command + " (pid " + process.pid() + ") hangs and cannot be killed");
        }
        return new Result(
                command,
                process.exitValue(),
                output(),
                Files.readString(errors, StandardCharsets.UTF_8));
    }

    /** Kills it and its children if they still run. */
    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Files.delete(output);
        Files.delete(errors);
    }
}
