package org.cdevgate.fuse.harness;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that makes calls on command, one per line, and says what they returned. */
abstract class CommandProcess implements AutoCloseable {
    private static final AtomicInteger STARTED = new AtomicInteger();

    private final LineProcess process;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();
    private volatile boolean ended;

    CommandProcess(List<String> command) throws IOException {
        process =
                new LineProcess(
                        "client-" + STARTED.incrementAndGet(), command, this::accept, this::end);
    }

    private void accept(String line) {
        int space = line.indexOf(' ');
        Pending call = null;
        if (space > 0 && line.substring(0, space).chars().allMatch(Character::isDigit)) {
            call = pending.get(Integer.parseInt(line.substring(0, space)));
        }
        if (call == null) {
            System.err.println("client " + pid() + ": " + line); // a warning of its JVM
            return;
        }
        call.accept(line.substring(space + 1));
        if (call.isDone()) {
            pending.remove(call.id());
        }
    }

    private void end() {
        ended = true;
        pending.values().forEach(this::failBecauseEnded);
    }

    private void failBecauseEnded(Pending call) {
        call.fail(new IllegalStateException("client " + pid() + " has ended\n" + process.errors()));
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether none of its calls is blocked, so that it may serve another test. */
    public boolean isIdle() {
        return !ended && pending.isEmpty();
    }

    /** Whether it has ended. */
    public boolean hasEnded() {
        return process.hasEnded();
    }

    /** Waits for its end; the result is its exit status, above 128 if a signal killed it. */
    public int awaitEnd() throws InterruptedException {
        return process.awaitEnd();
    }

    /** Sends a signal to the process, to whichever thread takes it. */
    public void signal(Signal signal) throws IOException, InterruptedException {
        Shell.run("kill -s \"$1\" \"$2\"", signal.name(), Long.toString(pid())).expect(0);
    }

    /**
     * Sends SIGSTOP and waits until every thread has to stop: the main one, which takes it, stops
     * when it has told the others. They stop when they leave their call.
     */
    public void stop() throws IOException, InterruptedException {
        signal(Signal.STOP);
        Within.limit(
                "the main thread stops",
                () -> Pending.stateOf(pid()).equals("T"),
                () -> "state " + Pending.stateOf(pid()));
    }

    /** Ends it as kill -9 does. */
    public void kill() throws InterruptedException {
        process.kill();
    }

    /** Ends it, whatever it is doing. */
    @Override
    public void close() {
        process.close();
    }

    Pending send(String mark, String command) throws IOException {
        int id = lastId.incrementAndGet();
        Pending call = new Pending(id, command);
        pending.put(id, call);
        if (ended) {
            failBecauseEnded(call);
        } else {
            process.send(id + mark + command);
        }
        return call;
    }

    Reply call(String command) throws IOException, InterruptedException {
        return send(" ", command).await();
    }

    Pending begin(String command) throws IOException {
        return send(" & ", command);
    }
}
