package org.cdevgate.examples.cycles;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The processes that use the adapter: {@code gpio_client.c}, compiled here. They open it again
 * whenever it is gone; only one that was killed is started anew.
 */
final class Clients implements AutoCloseable {
    /** Number of lines that they use together. */
    static final int LINES = 24;

    /** Those of them that change; who waits for another is woken by the removal alone. */
    static final int CHANGING_LINES = 20;

    private static final long LIMIT_SECONDS = 30;

    /** What each does, with which lines; the last two want the same. */
    private static final List<List<String>> ALL =
            List.of(
                    List.of("read", "0x00000f"),
                    List.of("read", "0x0000f0"),
                    List.of("read", "0x100000"),
                    List.of("read", "0x200000"),
                    List.of("poll", "0x000f00"),
                    List.of("poll", "0x00f000"),
                    List.of("poll", "0x400000"),
                    List.of("request", "0x0f0000"),
                    List.of("request", "0x0f0000"));

    private final Path folder;
    private final Path program;
    private final String node;
    private final Violations violations;
    private final List<Process> processes = new ArrayList<>();
    private int killed;

    /** Starts them. */
    Clients(Path folder, String node, Violations violations)
            throws IOException, InterruptedException {
        this.folder = folder;
        this.node = node;
        this.violations = violations;
        this.program = compile(folder);
        for (int i = 0; i < ALL.size(); i++) {
            processes.add(start(i));
        }
    }

    private static Path compile(Path folder) throws IOException, InterruptedException {
        Path source = folder.resolve("gpio_client.c");
        try (InputStream packed = Clients.class.getResourceAsStream("gpio_client.c")) {
            if (packed == null) {
                throw new IOException("gpio_client.c is missing in the build; package it again");
            }
            Files.copy(packed, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Path program = folder.resolve("gpio_client");
        ProcessBuilder command =
                new ProcessBuilder(
                                "gcc", "-O1", "-Wall", "-o", program.toString(), source.toString())
                        .inheritIO();
        Process gcc;
        try {
            gcc = command.start();
        } catch (IOException e) {
            throw new IOException("gcc cannot be started; install gcc and libc6-dev", e);
        }
        if (gcc.waitFor() != 0) {
            throw new IOException("gcc cannot compile " + source + "; install gcc and libc6-dev");
        }
        return program;
    }

    private File outputOf(int index) {
        return folder.resolve("client" + index + ".out").toFile();
    }

    private Process start(int index) throws IOException {
        List<String> what = ALL.get(index);
        // Files, not pipes: descriptors of this JVM are counted.
        return new ProcessBuilder(program.toString(), what.get(0), node, what.get(1))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(outputOf(index)))
                .start();
    }

    int count() {
        return processes.size();
    }

    int killed() {
        return killed;
    }

    /** Sends SIGKILL to one of them, wherever it is; returns which. */
    int killOne(Random random) {
        int index = random.nextInt(processes.size());
        processes.get(index).destroyForcibly();
        killed++;
        return index;
    }

    /** Starts it again once it is gone. */
    void startAgain(int index) throws IOException, InterruptedException {
        Process process = processes.get(index);
        violations.unless(
                process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS),
                "a process that was killed is still there after " + LIMIT_SECONDS + " s");
        processes.set(index, start(index));
    }

    /** Reports those that ended by themselves. */
    void checkAlive() {
        for (int i = 0; i < processes.size(); i++) {
            violations.unless(
                    processes.get(i).isAlive(),
                    "client " + i + " (" + ALL.get(i).get(0) + ") ended by itself");
        }
    }

    /** Ends all, and takes what they have found. */
    void end() throws IOException, InterruptedException {
        processes.forEach(Process::destroy); // SIGTERM
        for (Process each : processes) {
            violations.unless(
                    each.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS),
                    "a process does not end at SIGTERM");
        }
        for (int i = 0; i < processes.size(); i++) {
            for (String line : Files.readAllLines(outputOf(i).toPath(), StandardCharsets.UTF_8)) {
                violations.add("client " + i + " says: " + line);
            }
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
