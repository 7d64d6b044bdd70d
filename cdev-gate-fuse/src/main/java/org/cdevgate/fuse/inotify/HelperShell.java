package org.cdevgate.fuse.inotify;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A shell that lives on between commands: {@code /bin/sh}, which runs what it reads from a pipe. It
 * is started when it is first needed, started again when it has died, and ends when the pipe is
 * closed, so also when this JVM is killed. Its commands make system calls that this JVM must not
 * make, because it would wait for its own answer.
 *
 * <p>For one thread, {@link #pid} excepted.
 */
public final class HelperShell {
    private static final String SHELL = "/bin/sh";
    private static final String END_MARK = "exit status of the command: ";
    private static final int MAX_OUTPUT = 8192;
    private static final Duration FAREWELL = Duration.ofMillis(500);
    private static final long SHORTEST_PAUSE_NANOS = 100_000;
    private static final long MAX_PAUSE_NANOS = 2_000_000;

    // One char for each byte, whatever a name consists of.
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;

    private final Path argument;
    private @Nullable Process process;
    private volatile int pid;

    /**
     * How a command ended.
     *
     * @param exit exit status, 0 for success
     * @param output the end of what it wrote to both outputs, 8 KiB at most, without white space
     *     around
     */
    public record Result(int exit, String output) {}

    /**
     * Makes a helper, and no process yet.
     *
     * @param argument the shell's $1
     */
    public HelperShell(Path argument) {
        this.argument = argument;
    }

    /** The process id of the shell, 0 if none runs. Any thread. */
    public int pid() {
        return pid;
    }

    /** A name as one word of a command. */
    public static String word(byte[] name) {
        return "'" + new String(name, BYTES).replace("'", "'\\''") + "'";
    }

    /**
     * Runs commands of the shell's language and waits for their end.
     *
     * @param script names in it as {@link #word} gives them; below 64 KiB, what a pipe takes from
     *     us also if the shell does not read
     * @param limit how long they may take; after it the shell and its children are killed
     * @throws IOException if the shell cannot be started, dies, or does not answer in time; the
     *     next call starts another
     * @throws InterruptedException if this thread is to end; the shell must be closed then
     */
    public Result run(String script, Duration limit) throws IOException, InterruptedException {
        Process shell = process;
        if (shell != null && !shell.isAlive()) {
            close(); // somebody ended it between two commands
            shell = null;
        }
        if (shell == null) {
            shell = start();
        }
        boolean done = false;
        try {
            long deadline = System.nanoTime() + limit.toNanos();
            String line = "{ " + script + "\n} </dev/null; printf '\\n" + END_MARK + "%d\\n' $?\n";
            send(shell, line);
            Result result = awaitEnd(shell, deadline, limit);
            done = true;
            return result;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private Process start() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(SHELL, "-s", argument.toString()).redirectErrorStream(true);
        builder.directory(Path.of("/").toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(Set.of("PATH"));
        environment.put("LC_ALL", "C");
        Process shell = builder.start();
        process = shell;
        pid = Math.toIntExact(shell.pid());
        // A signal from the terminal is for the server, which may want to live on.
        shell.getOutputStream().write("trap '' HUP INT QUIT\n".getBytes(BYTES));
        return shell;
    }

    private void send(Process shell, String line) throws IOException {
        OutputStream input = shell.getOutputStream();
        try {
            input.write(line.getBytes(BYTES));
            input.flush();
        } catch (IOException e) {
            throw new IOException(
                    "the helper " + SHELL + " (pid " + pid + ") takes no commands: it has ended",
                    e);
        }
    }

    /** Looks again and again instead of reading, which neither a limit nor an interrupt ends. */
    private Result awaitEnd(Process shell, long deadline, Duration limit)
            throws IOException, InterruptedException {
        InputStream output = shell.getInputStream();
        StringBuilder text = new StringBuilder();
        long pause = SHORTEST_PAUSE_NANOS;
        while (true) {
            boolean alive = shell.isAlive(); // first: what it wrote before its end counts
            int available = output.available();
            if (available > 0) {
                text.append(new String(output.readNBytes(available), BYTES));
                Result result = resultIn(text);
                if (result != null) {
                    return result;
                }
                text.delete(0, Math.max(0, text.length() - MAX_OUTPUT));
                continue;
            }
            if (!alive) {
                throw new IOException(
                        "the helper "
                                + SHELL
                                + " (pid "
                                + pid
                                + ") ended with status "
                                + shell.exitValue()
                                + "; it said \""
                                + text.toString().strip()
                                + "\"");
            }
            if (deadline - System.nanoTime() <= 0) {
                throw new IOException(
                        "the helper "
                                + SHELL
                                + " (pid "
                                + pid
                                + ") did not answer within "
                                + limit.toMillis()
                                + " ms and was killed; is it stopped?");
            }
            TimeUnit.NANOSECONDS.sleep(pause);
            pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
        }
    }

    private static @Nullable Result resultIn(StringBuilder text) {
        int length = text.length();
        if (length == 0 || text.charAt(length - 1) != '\n') {
            return null;
        }
        int start = text.lastIndexOf("\n", length - 2) + 1;
        String last = text.substring(start, length - 1);
        if (!last.startsWith(END_MARK)) {
            return null;
        }
        int exit = Integer.parseInt(last.substring(END_MARK.length()));
        return new Result(exit, text.substring(Math.max(0, start - MAX_OUTPUT), start).strip());
    }

    /**
     * Ends the shell: by the end of its input, and after half a second by SIGKILL. One that cannot
     * even be killed is left behind.
     */
    public void close() {
        Process ending = process;
        if (ending == null) {
            return;
        }
        process = null;
        boolean ended = false;
        boolean interrupted = false;
        try {
            ending.getOutputStream().close();
            ended = ending.waitFor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            ended = !ending.isAlive(); // it did not take all of its input
        } catch (InterruptedException e) {
            interrupted = true; // no time for a farewell
        }
        try {
            if (!ended) {
                ending.descendants().forEach(ProcessHandle::destroyForcibly);
                ending.destroyForcibly().waitFor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        pid = 0;
    }
}
