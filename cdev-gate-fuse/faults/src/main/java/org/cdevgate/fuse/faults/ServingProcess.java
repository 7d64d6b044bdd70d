package org.cdevgate.fuse.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.fuse.faults.server.FaultServer;
import org.cdevgate.fuse.faults.server.Sabotage;

/** The JVM that serves ({@link FaultServer}), spoken to in commands. */
final class ServingProcess implements AutoCloseable {
    private static final int DESCRIPTORS = 128;

    private final Process process;
    private final Writer input;
    private final AtomicInteger commands = new AtomicInteger();
    private final Map<String, CompletableFuture<String>> pending = new ConcurrentHashMap<>();
    private final Queue<Event> events = new ConcurrentLinkedQueue<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final Set<String> flagged = ConcurrentHashMap.newKeySet();

    /** A line of the server's journal. */
    record Event(long time, String text) {}

    /** Starts it and waits until it is ready; few descriptors, so that they can be exhausted. */
    ServingProcess(Path folder, Sabotage sabotage, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("sh", "-c", "ulimit -n " + DESCRIPTORS + "; exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        String flags = System.getProperty("faults.jvm.flags", "").strip();
        if (!flags.isEmpty()) {
            command.addAll(List.of(flags.split("\\s+")));
        }
        command.addAll(
                List.of(
                        "-XX:-MaxFDLimit",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FaultServer.class.getName(),
                        folder.toString(),
                        sabotage.option()));
        process =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        input = process.outputWriter(StandardCharsets.UTF_8);
        CompletableFuture<String> ready = new CompletableFuture<>();
        pending.put("0", ready);
        Thread reader = new Thread(this::read, "faults-server");
        reader.setDaemon(true);
        reader.start();
        get(ready, "to start; see " + log);
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", 3);
                switch (words[0]) {
                    case "@" -> {
                        events.add(new Event(Long.parseLong(words[1]), words[2]));
                        if (words[2].startsWith("flagged ")) {
                            flagged.add(words[2].substring("flagged ".length()));
                        }
                    }
                    case "!" -> violations.add(line.substring(2).replace("\\n", "\n"));
                    default -> finish(words[0], line.substring(words[0].length() + 1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what the server says", e);
        } finally {
            IOException end = new IOException("the server has ended");
            pending.values().forEach(each -> each.completeExceptionally(end));
        }
    }

    private void finish(String id, String text) {
        CompletableFuture<String> answer = pending.remove(id);
        if (text.startsWith("ok")) {
            answer.complete(text.substring(2).strip().replace("\\n", "\n"));
        } else {
            answer.completeExceptionally(new IOException(text.replace("\\n", "\n")));
        }
    }

    /** Gives a command; the answer comes when it is done. */
    CompletableFuture<String> begin(String command) throws IOException {
        String id = Integer.toString(commands.incrementAndGet());
        CompletableFuture<String> answer = new CompletableFuture<>();
        pending.put(id, answer);
        input.write(id + " " + command + "\n");
        input.flush();
        return answer;
    }

    /** Gives a command and waits until it is done. */
    String run(String command) throws IOException {
        return get(begin(command), command);
    }

    private static String get(CompletableFuture<String> answer, String what) throws IOException {
        try {
            return answer.get(Limits.ANSWER.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IOException(
                    "the server needs more than " + Limits.ANSWER.toSeconds() + " s " + what, e);
        } catch (ExecutionException e) {
            throw new IOException("the server failed: " + what, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Waits until a device's removal has begun; false if it has not when the limit is over. */
    boolean awaitFlagged(long generation) throws InterruptedException {
        return Limits.await(() -> flagged.contains(Long.toString(generation)));
    }

    /** Takes the events so far; the next round's generations begin anew. */
    List<Event> takeEvents() {
        flagged.clear();
        List<Event> taken = new ArrayList<>();
        for (Event event; (event = events.poll()) != null; ) {
            taken.add(event);
        }
        return taken;
    }

    /** Takes the violations so far. */
    List<String> takeViolations() {
        List<String> taken = new ArrayList<>();
        for (String each; (each = violations.poll()) != null; ) {
            taken.add(each);
        }
        return taken;
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL, and waits until it is gone; the times before and after. */
    void kill() throws InterruptedException, IOException {
        // Through its handle: Process.destroyForcibly() also closes the pipe, with lines in it.
        process.toHandle().destroyForcibly();
        if (!process.waitFor(Limits.ANSWER.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException("the killed server (pid " + pid() + ") does not end");
        }
    }

    @Override
    public void close() throws IOException {
        try {
            input.close();
            if (!process.waitFor(Limits.ANSWER.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the server (pid " + pid() + ") does not end");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
