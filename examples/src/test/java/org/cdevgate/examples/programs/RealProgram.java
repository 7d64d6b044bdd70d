package org.cdevgate.examples.programs;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A program that runs, in the C locale and in UTC. What still runs when this is closed is killed.
 */
final class RealProgram implements AutoCloseable {
    /** For what is expected at once, with room for a busy machine. */
    static final Duration LIMIT = Duration.ofSeconds(20);

    private final List<String> command;
    // Files, not pipes: nobody has to read them for the program to go on.
    private final Path output;
    private final Path errors;
    private final Process process;

    private RealProgram(List<String> command) throws IOException {
        this.command = command;
        output = Files.createTempFile("program-", ".out");
        errors = Files.createTempFile("program-", ".err");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
        builder.environment().putAll(Map.of("LC_ALL", "C", "TZ", "UTC"));
        process = builder.start();
    }

    /**
     * How a program ended.
     *
     * @param command what was run
     * @param exit exit status, above 128 if killed by a signal
     * @param output standard output
     * @param errors standard error
     */
    record Ended(List<String> command, int exit, String output, String errors) {
        /** Fails the test unless the program ended with this exit status; returns the output. */
        String expect(int expected) {
            if (exit != expected) {
                throw new AssertionError("expected exit " + expected + " of " + this);
            }
            return output;
        }
    }

    /** Starts a program; what it reads from its standard input is {@link #type}d. */
    static RealProgram start(String... command) throws IOException {
        return new RealProgram(List.of(command));
    }

    /** Runs a program to its end, with nothing on its standard input. */
    static Ended run(String... command) throws IOException, InterruptedException {
        try (RealProgram program = start(command)) {
            program.process.getOutputStream().close();
            return program.await();
        }
    }

    /** Starts a script of the shell; the arguments are its $1 and so on. */
    static RealProgram startScript(String script, String... arguments) throws IOException {
        return new RealProgram(shell(script, arguments));
    }

    /** Runs a script of the shell to its end. */
    static Ended runScript(String script, String... arguments)
            throws IOException, InterruptedException {
        return run(shell(script, arguments).toArray(String[]::new));
    }

    private static List<String> shell(String script, String... arguments) {
        List<String> line = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        line.addAll(List.of(arguments));
        return List.copyOf(line);
    }

    /** Fails the test unless there is this program. */
    static void require(String program, String debianPackage)
            throws IOException, InterruptedException {
        if (runScript("PATH=$PATH:/usr/sbin:/sbin; command -v \"$1\"", program).exit() != 0) {
            throw new AssertionError(program + " is missing; apt-get install " + debianPackage);
        }
    }

    /**
     * The version of a package of Debian's, or "unknown" where there is no such package manager.
     */
    static String version(String debianPackage) throws IOException, InterruptedException {
        Ended query = runScript("dpkg-query -W -f '${Version}' \"$1\" 2>/dev/null", debianPackage);
        return query.exit() == 0 ? query.output() : "unknown";
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Types a line. */
    void type(String line) throws IOException {
        Writer input = process.outputWriter(StandardCharsets.UTF_8);
        input.write(line + "\n");
        input.flush();
    }

    /** What it has written to standard output so far. */
    String output() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    /** What it has written to standard error so far. */
    String errors() throws IOException {
        return Files.readString(errors, StandardCharsets.UTF_8);
    }

    /** Waits until it has written this, to either. */
    void awaitOutput(String text) {
        until("\"" + text + "\" of " + command, () -> (output() + errors()).contains(text));
    }

    /** Waits until a condition holds, which this program is needed for. */
    void until(String what, Callable<Boolean> condition) {
        try {
            Awaitility.await(what)
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(2))
                    .atMost(LIMIT)
                    .until(condition);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("not within " + LIMIT.toSeconds() + " s: " + what + said(), e);
        }
    }

    private String said() {
        try {
            return "\n"
                    + command
                    + (isAlive() ? " runs" : " ended with " + process.exitValue())
                    + "\noutput:\n"
                    + output()
                    + "\nerrors:\n"
                    + errors();
        } catch (IOException e) {
            return "\nand what it said cannot be read: " + e;
        }
    }

    /** Waits for its end. */
    Ended await() throws IOException, InterruptedException {
        if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("does not end within " + LIMIT.toSeconds() + " s" + said());
        }
        return new Ended(command, process.exitValue(), output(), errors());
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Files.deleteIfExists(output);
        Files.deleteIfExists(errors);
    }
}
