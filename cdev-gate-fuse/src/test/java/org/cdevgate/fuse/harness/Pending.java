package org.cdevgate.fuse.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A system call that a client is making. */
public final class Pending {
    /** In /proc/TID/stat: after the name in parentheses comes the state. */
    private static final Pattern STATE = Pattern.compile(".*\\) (\\S).*", Pattern.DOTALL);

    private final int id;
    private final String command;
    private final CompletableFuture<Integer> tid = new CompletableFuture<>();
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();

    Pending(int id, String command) {
        this.id = id;
        this.command = command;
    }

    int id() {
        return id;
    }

    /** Takes what the client printed after the id. */
    void accept(String text) {
        if (text.startsWith("... ")) {
            tid.complete(Integer.parseInt(text.substring(4)));
            return;
        }
        try {
            reply.complete(Reply.parse(command, text));
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    void fail(Throwable cause) {
        tid.completeExceptionally(cause);
        reply.completeExceptionally(cause);
    }

    /** Whether the call has returned. */
    public boolean isDone() {
        return reply.isDone();
    }

    /** Whether it will never return, because its process has ended. */
    boolean hasFailed() {
        return reply.isCompletedExceptionally();
    }

    /** Waits for the call to return. */
    public Reply await() throws InterruptedException {
        return get(reply);
    }

    /** Waits until the call sleeps in the kernel's code of poll, select or epoll. */
    public Pending awaitPolling() throws InterruptedException {
        return awaitState(Pending::sleepsInPoll);
    }

    /** Waits until the call waits for a lock of the kernel's, deaf to signals. */
    public Pending awaitLocked() throws InterruptedException {
        return awaitState(task -> stateOf(task).equals("D"));
    }

    private Pending awaitState(Predicate<Path> expected) throws InterruptedException {
        Path task = task(get(tid));
        Within.limit(
                command + " sleeps",
                () -> isDone() || expected.test(task),
                () -> "state " + stateOf(task) + ", wchan " + wchanOf(task));
        if (isDone()) {
            throw new AssertionError(command + " did not sleep but returned " + await());
        }
        return this;
    }

    private static Path task(long thread) {
        return Path.of("/proc", Long.toString(thread));
    }

    /** The state of a thread as in proc(5), or "?" if it has gone. */
    static String stateOf(long thread) {
        return stateOf(task(thread));
    }

    /** The id of the thread, or of the child process, that makes the call. */
    public int tid() throws InterruptedException {
        return get(tid);
    }

    /** Waits until the thread is in a state of proc(5), such as T for stopped. */
    public Pending awaitState(String expected) throws InterruptedException {
        return awaitState(task -> stateOf(task).equals(expected));
    }

    private static boolean sleepsInPoll(Path task) {
        // The kernel tells the function only to those it trusts, "0" to others: then the state
        // alone has to do.
        String wchan = wchanOf(task);
        return stateOf(task).equals("S")
                && (wchan.equals("0") || wchan.contains("poll") || wchan.contains("select"));
    }

    private static String stateOf(Path task) {
        Matcher matcher = STATE.matcher(read(task.resolve("stat")));
        return matcher.matches() ? matcher.group(1) : "?";
    }

    private static String wchanOf(Path task) {
        return read(task.resolve("wchan"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }

    private <T> T get(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get(Within.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(
                    command
                            + " did not return within "
                            + Within.LIMIT.toSeconds()
                            + " s: "
                            + blockedIn(),
                    e);
        } catch (ExecutionException e) {
            throw new AssertionError(command + ": " + e.getCause().getMessage(), e);
        }
    }

    private String blockedIn() {
        if (!tid.isDone()) {
            return "it is a call of the main thread";
        }
        Path task = task(tid.getNow(0));
        return "state " + stateOf(task) + ", wchan " + wchanOf(task);
    }

    @Override
    public String toString() {
        return command;
    }
}
