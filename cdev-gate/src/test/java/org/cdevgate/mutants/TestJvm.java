package org.cdevgate.mutants;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A JVM with a {@link TestWorker}, started anew when the last one has ended. For one thread. */
final class TestJvm implements AutoCloseable {
    /** Tests have limits of their own; this is for what those cannot end. */
    private static final long LIMIT_SECONDS = 120;

    /** Of the library as it is, on a machine that does other things too. */
    private static final long WHOLE_LIMIT_SECONDS = 600;

    private final List<String> command;
    private final File log;
    private Process process;
    private BufferedReader answers;
    private Writer orders;

    /**
     * None is started yet.
     *
     * @param classPath of the tests
     * @param log a file for what they print
     */
    TestJvm(String classPath, File log) {
        this.log = log;
        command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "-ea",
                        "-cp",
                        classPath,
                        TestWorker.class.getName());
    }

    /**
     * Runs a test.
     *
     * @param broken classes that stand in for the library's own, or null
     * @param test {@code package.Class} or {@code package.Class#method}
     * @throws IllegalStateException if it did not run
     */
    Catchers.Seen run(Path broken, String test) throws IOException, InterruptedException {
        String order = (broken == null ? "-" : broken) + "\t" + test + "\n";
        long limit = broken == null ? WHOLE_LIMIT_SECONDS : LIMIT_SECONDS;
        String answer = answer(order, limit);
        if (answer == null) {
            answer = answer(order, limit); // the last one has ended after its answer
        }
        if (answer == null) {
            throw new IllegalStateException("the JVM of the tests ends at once, see " + log);
        }
        String[] parts = answer.split("\t", 2);
        return switch (parts[0]) {
            case "passed" -> new Catchers.Seen(false, "all passed");
            case "failed" -> new Catchers.Seen(true, parts[1]);
            default -> throw new IllegalStateException(parts[parts.length - 1]);
        };
    }

    /** Null if there is none because the JVM has ended. */
    private String answer(String order, long limitSeconds)
            throws IOException, InterruptedException {
        if (process == null) {
            process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.appendTo(log))
                            .start();
            answers = process.inputReader(StandardCharsets.UTF_8);
            orders = process.outputWriter(StandardCharsets.UTF_8);
        }
        try {
            orders.write(order);
            orders.flush();
        } catch (IOException e) {
            close();
            return null;
        }
        BufferedReader from = answers;
        CompletableFuture<String> line =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return from.readLine();
                            } catch (IOException e) {
                                return null; // closed, for it took too long
                            }
                        },
                        task -> new Thread(task, "answer").start());
        try {
            String answer = line.get(limitSeconds, TimeUnit.SECONDS);
            if (answer == null) {
                close();
            }
            return answer;
        } catch (TimeoutException e) {
            close();
            return "failed\tit does not end";
        } catch (ExecutionException e) {
            throw new IllegalStateException("no answer", e.getCause());
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
            process = null;
        }
    }
}
