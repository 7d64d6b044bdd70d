package org.cdevgate.cli.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** A process of a test with its output in files: one that hangs keeps no reader waiting. */
public final class Command implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String name;
    private final Path output;
    private final Path errors;
    private final Process process;

    Command(ProcessBuilder builder) throws IOException {
        name = String.join(" ", builder.command());
        output = Files.createTempFile("command-", ".out");
        errors = Files.createTempFile("command-", ".err");
        process = builder.redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
    }

    /** Writes to its standard input and closes that. */
    public Command feed(byte[] input) throws IOException {
        try (var in = process.getOutputStream()) {
            in.write(input);
        }
        return this;
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Sends a signal to it alone. */
    public void signal(String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-s", signal, "--", pid() + "").start();
        assertEquals(0, kill.waitFor(), "kill -s " + signal);
    }

    /** What it has written to standard output so far. */
    public String output() {
        return read(output);
    }

    /** What it has written to standard error so far. */
    public String errors() {
        return read(errors);
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until its output has this. */
    public Command awaitOutput(String text) {
        await("output \"" + text + "\" of " + this, () -> output().contains(text));
        return this;
    }

    /** Waits for something, a minute at most. */
    public static void await(String what, BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(10))
                .until(condition::getAsBoolean);
    }

    /** Fails the test unless it ends. */
    public void awaitEnd() throws InterruptedException {
        assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS), () -> "hangs: " + this);
    }

    /** Fails the test unless it ends with this exit code. */
    public Command expect(int exitCode) throws InterruptedException {
        awaitEnd();
        assertEquals(exitCode, process.exitValue(), this::toString);
        return this;
    }

    /** Fails the test unless its output is this. */
    public Command expectOutput(String text) {
        assertEquals(text, output(), this::toString);
        return this;
    }

    /** Fails the test unless its standard error has this. */
    public Command expectErrors(String text) {
        assertTrue(errors().contains(text), () -> "no \"" + text + "\" in " + this);
        return this;
    }

    /** Kills it and its children if they still run. */
    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Files.delete(output);
        Files.delete(errors);
    }

    @Override
    public String toString() {
        return name + "\n-- output:\n" + output() + "\n-- errors:\n" + errors();
    }
}
