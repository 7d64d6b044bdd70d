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
import org.cdevgate.fuse.faults.server.ServerSabotage;

/** A JVM that serves, such as {@link FaultServer}, spoken to in commands. */
public final class ServingProcess implements AutoCloseable {
    private static final int DESCRIPTORS = 128;

    private final Path log;
    private final Process process;
    private final Writer input;
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final AtomicInteger commands = new AtomicInteger();
    private final Map<String, CompletableFuture<String>> pending = new ConcurrentHashMap<>();
    private final Queue<Event> events = new ConcurrentLinkedQueue<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final Set<String> flagged = ConcurrentHashMap.newKeySet();

    /** A line of the server's journal. */
    public record Event(long time, String text) {}

    /** A server of rounds, ready; with few descriptors, so that they can be exhausted. */
    static ServingProcess ofRounds(Path folder, ServerSabotage sabotage, Path log)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("sh", "-c", "ulimit -n " + DESCRIPTORS + "; exec \"$@\"", "sh"));
        command.addAll(
                jvm(
                        List.of("-XX:-MaxFDLimit", "-Xmx128m"),
                        FaultServer.class,
                        folder.toString(),
                        sabotage.option()));
        ServingProcess server = new ServingProcess(command, log);
        server.awaitReady();
        return server;
    }

    /** The command of a JVM on the suite's class path. */
    public static List<String> jvm(List<String> flags, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + System.getProperty("cdevgate.jvm.args"));
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * Starts it.
     *
     * @param log where what it logs is appended
     */
    public ServingProcess(List<String> command, Path log) throws IOException {
        this.log = log;
        process =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        input = process.outputWriter(StandardCharsets.UTF_8);
        pending.put("0", ready);
        Thread reader = new Thread(this::read, "faults-server");
        reader.setDaemon(true);
        reader.start();
    }

    /** Waits until it serves. */
    public void awaitReady() throws IOException {
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
    public CompletableFuture<String> begin(String command) throws IOException {
        String id = Integer.toString(commands.incrementAndGet());
        CompletableFuture<String> answer = new CompletableFuture<>();
        pending.put(id, answer);
        input.write(id + " " + command + "\n");
        input.flush();
        return answer;
    }

    /** Gives a command and waits until it is done. */
    public String run(String command) throws IOException {
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

    /** Waits for a line of the server's journal, and takes those before it. */
    public void awaitEvent(String text) throws IOException, InterruptedException {
        boolean[] found = {false};
        boolean came =
                Limits.await(
                        () -> {
                            for (Event event; !found[0] && (event = events.poll()) != null; ) {
                                found[0] = event.text.equals(text);
                            }
                            return found[0];
                        });
        if (!came) {
            throw new IOException("the server does not come to say '" + text + "'; see " + log);
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
    public List<String> takeViolations() {
        List<String> taken = new ArrayList<>();
        for (String each; (each = violations.poll()) != null; ) {
            taken.add(each);
        }
        return taken;
    }

    public long pid() {
        return process.pid();
    }

    /** SIGTERM, and waits until it is gone. */
    public void terminate() throws InterruptedException, IOException {
        process.toHandle().destroy();
        if (!process.waitFor(Limits.ANSWER.toSeconds(), TimeUnit.SECONDS)) {
            process.toHandle().destroyForcibly();
            throw new IOException("the server (pid " + pid() + ") does not end by SIGTERM");
        }
    }

    /** SIGKILL, and waits until it is gone; the times before and after. */
    public void kill() throws InterruptedException, IOException {
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
