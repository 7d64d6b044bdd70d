package org.cdevgate.examples.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A child process of the demonstration and what it printed. */
final class Child {
    private static final long LIMIT_SECONDS = 30;

    final String title;
    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final Thread collector;

    private Child(String title, List<String> command) throws IOException {
        this.title = title;
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        collector = new Thread(this::collect, title);
        collector.setDaemon(true);
        collector.start();
    }

    static Child start(String title, String... command) throws IOException {
        return new Child(title, List.of(command));
    }

    /** Starts {@link SensorClient} in a JVM of its own. */
    static Child startClient(String title, String what, String path) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        String flags = System.getProperty("cdevgate.jvm.args");
        if (flags != null) {
            command.add("@" + flags);
        }
        command.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SensorClient.class.getName(),
                        what,
                        path));
        return new Child(title, command);
    }

    private void collect() {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line; (line = reader.readLine()) != null; ) {
                synchronized (lines) {
                    lines.add(line);
                }
            }
        } catch (IOException e) {
            synchronized (lines) {
                lines.add("(output lost: " + e.getMessage() + ")");
            }
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Presses Enter. */
    void tell() throws IOException {
        OutputStream input = process.getOutputStream();
        input.write('\n');
        input.flush();
    }

    /** Waits for its end; the exit code, or -1 if it did not end in time and was killed. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return -1;
        }
        collector.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
        return process.exitValue();
    }

    /** The last line that it printed. */
    String lastLine() {
        synchronized (lines) {
            return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        }
    }

    void kill() {
        process.destroyForcibly();
    }
}
