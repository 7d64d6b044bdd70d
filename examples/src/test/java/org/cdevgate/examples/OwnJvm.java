package org.cdevgate.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program in a JVM of its own, whose threads, descriptors and heap are nobody else's. */
public final class OwnJvm {
    private OwnJvm() {}

    /**
     * What became of it.
     *
     * @param output both streams
     */
    public record Ended(int exit, String output) {}

    /** Runs a main class of this class path; fails the test if it does not end in time. */
    public static Ended run(Path output, int seconds, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        String flags = System.getProperty("cdevgate.jvm.args");
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.add("@" + flags);
        command.add("-Dcdevgate.jvm.args=" + flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(output);
        assertTrue(ended, main.getSimpleName() + " hangs; it said:\n" + said);
        return new Ended(process.exitValue(), said);
    }
}
