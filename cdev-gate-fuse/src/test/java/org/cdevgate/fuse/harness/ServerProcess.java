package org.cdevgate.fuse.harness;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A JVM of its own that serves a mount, for tests that kill it or run it as another user. */
public final class ServerProcess implements AutoCloseable {
    private static final AtomicInteger STARTED = new AtomicInteger();
    private static final String ENDED = "ended";

    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final LineProcess process;

    private ServerProcess(List<String> command) throws IOException {
        process =
                new LineProcess(
                        "server-" + STARTED.incrementAndGet(),
                        command,
                        answers::add,
                        () -> answers.add(ENDED));
    }

    /**
     * Starts a server and waits until it has mounted or failed; {@link #tell} gives the outcome.
     */
    public static ServerProcess start(List<String> command) throws IOException {
        return new ServerProcess(command);
    }

    /** Waits for the answer to what was said last, or to the start. */
    public String answer() throws InterruptedException {
        String answer = answers.poll(Within.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        if (answer == null || answer.equals(ENDED)) {
            throw new AssertionError(
                    "the server "
                            + (answer == null ? "does not answer" : "has ended")
                            + "\n"
                            + process.errors());
        }
        return answer;
    }

    /** Says something and waits for the answer. */
    public String tell(String line) throws IOException, InterruptedException {
        process.send(line);
        return answer();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.kill();
    }

    /** Sends a signal, as kill(1) names it. */
    public void signal(String name) throws IOException, InterruptedException {
        Shell.run("kill -s \"$1\" \"$2\"", name, Long.toString(process.pid())).expect(0);
    }

    /** Its process id; of what started it if that does not end before. */
    public long pid() {
        return process.pid();
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has written to standard error. */
    public String errors() {
        return process.errors();
    }

    @Override
    public void close() {
        process.close();
    }
}
