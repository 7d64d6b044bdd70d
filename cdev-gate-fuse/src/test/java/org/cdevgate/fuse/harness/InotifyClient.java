package org.cdevgate.fuse.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A process that watches paths by inotify(7). */
public final class InotifyClient implements AutoCloseable {
    private final LineProcess process;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final List<String> events = new CopyOnWriteArrayList<>();

    /** Starts it, watching nothing. */
    public InotifyClient() throws Exception {
        this(command -> command);
    }

    /** Starts it by a command that runs the given one, as another user perhaps. */
    public InotifyClient(UnaryOperator<List<String>> by) throws Exception {
        Path program = CProgram.compiled("inotify_client");
        process =
                new LineProcess(
                        "inotify",
                        by.apply(List.of(program.toString())),
                        this::accept,
                        () -> answers.add("!"));
    }

    private void accept(String line) {
        if (line.startsWith("=") || line.startsWith("!")) {
            answers.add(line);
        } else {
            events.add(line);
        }
    }

    /** Watches a path; returns the number with which its events begin. */
    public String watch(String path) throws IOException, InterruptedException {
        process.send("watch " + path);
        String answer = answers.poll(Within.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        if (answer == null || !answer.startsWith("= ")) {
            throw new AssertionError("no watch on " + path + ": " + answer + process.errors());
        }
        return answer.substring(2);
    }

    /** What has been seen so far: number, events joined by "|", name. */
    public List<String> events() {
        return List.copyOf(events);
    }

    /** What has been seen so far by one watch, without its number. */
    public List<String> events(String watch) {
        return events.stream()
                .filter(event -> event.startsWith(watch + " "))
                .map(event -> event.substring(watch.length() + 1).strip())
                .toList();
    }

    /** Waits until a watch has seen an event. */
    public void await(String watch, String event) {
        Within.limit(
                "inotify event \"" + event + "\"",
                () -> events(watch).contains(event),
                () -> "events so far: " + events);
    }

    /** Waits until a watch has seen exactly these events. */
    public void awaitAll(String watch, List<String> expected) {
        Within.limit(
                "inotify events " + expected,
                () -> events(watch).equals(expected),
                () -> "events so far: " + events);
    }

    @Override
    public void close() {
        process.close();
    }
}
