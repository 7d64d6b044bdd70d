package org.cdevgate.fuse.channel;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A short command, run with a time limit: for calls that may walk into a mount that does not
 * answer. Such a process cannot even be killed; it is left behind, and this JVM goes on.
 */
final class HelperProcess {
    /**
     * How a command ended.
     *
     * @param exit exit status
     * @param output what it wrote to both outputs, without white space around
     */
    record Result(int exit, String output) {}

    private HelperProcess() {}

    /**
     * Runs a command with the messages of the C locale.
     *
     * @return empty if the command did not end in time
     * @throws IOException if it cannot be started, or if the thread is interrupted
     */
    static Optional<Result> run(Duration limit, List<String> command) throws IOException {
        // A file, not a pipe: nobody has to read until the end of a process that does not end.
        Path output = Files.createTempFile("cdev-gate-", ".out");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            process.getOutputStream().close();
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    return Optional.empty();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException failure =
                        new InterruptedIOException("interrupted while waiting for " + command);
                failure.initCause(e);
                throw failure;
            } finally {
                process.destroyForcibly();
            }
            String text = new String(Files.readAllBytes(output), Charset.defaultCharset());
            return Optional.of(new Result(process.exitValue(), text.strip()));
        } finally {
            Files.delete(output);
        }
    }
}
