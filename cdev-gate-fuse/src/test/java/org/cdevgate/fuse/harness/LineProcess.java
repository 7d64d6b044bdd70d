package org.cdevgate.fuse.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A process that is spoken to in lines. It ends when its input does. */
final class LineProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final Writer input;
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final Thread outputReader;
    private final Thread errorReader;

    /**
     * @param onLine gets each line of output
     * @param onEnd runs after the last one
     */
    LineProcess(String name, List<String> command, Consumer<String> onLine, Runnable onEnd)
            throws IOException {
        this.name = name;
        process = new ProcessBuilder(command).start();
        input = process.outputWriter(StandardCharsets.UTF_8);
        outputReader = reader("output", process.getInputStream(), onLine, onEnd);
        errorReader = reader("errors", process.getErrorStream(), errors::add, () -> {});
    }

    private Thread reader(
            String what, InputStream stream, Consumer<String> onLine, Runnable onEnd) {
        Runnable loop =
                () -> {
                    try (BufferedReader lines =
                            new BufferedReader(
                                    new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                        lines.lines().forEach(onLine);
                    } catch (IOException | UncheckedIOException e) {
                        errors.add(e.toString());
                    }
                    onEnd.run();
                };
        Thread thread = new Thread(loop, "harness-" + what + "-of-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What the process has complained about so far. */
    String errors() {
        return String.join("\n", errors);
    }

    void send(String line) throws IOException {
        synchronized (input) {
            input.write(line + "\n");
            input.flush();
        }
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    boolean hasEnded() {
        return !process.isAlive();
    }

    /** Waits until it has ended; returns its exit status. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(Within.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(name + " (pid " + pid() + ") does not end\n" + errors());
        }
        outputReader.join(Within.LIMIT.toMillis());
        errorReader.join(Within.LIMIT.toMillis());
        return process.exitValue();
    }

    /** Ends the process and waits for it. */
    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            errors.add(e.toString()); // it has ended already
        }
        try {
            awaitEnd();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
