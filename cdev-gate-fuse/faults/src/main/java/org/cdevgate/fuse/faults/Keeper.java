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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The process that starts the clients and reaps them and their orphans (keeper.c), so that nothing
 * of a round can hide. For one thread.
 */
final class Keeper implements AutoCloseable {
    static final int SIGQUIT = 3;
    static final int SIGKILL = 9;
    static final int SIGUSR1 = 10;
    static final int SIGTERM = 15;
    static final int SIGCONT = 18;
    static final int SIGSTOP = 19;

    private final Process process;
    private final Writer input;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> lefts = new LinkedBlockingQueue<>();
    private final Map<Integer, Exit> exits = new ConcurrentHashMap<>();
    private final Thread reader;

    /**
     * How a process ended.
     *
     * @param status of wait(2)
     * @param time in ns, CLOCK_MONOTONIC
     */
    record Exit(int status, long time) {
        /** As a client ends that was told to stop. */
        boolean isByItself() {
            return status == 0;
        }

        /** The exit code, or -1 after a fatal signal. */
        int code() {
            return (status & 0x7f) == 0 ? status >> 8 & 0xff : -1;
        }
    }

    /** A signal that was sent, with the times around it. */
    record Sent(boolean delivered, long before, long after) {}

    Keeper(Path program) throws IOException {
        process =
                new ProcessBuilder(program.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        input = process.outputWriter(StandardCharsets.UTF_8);
        reader = new Thread(this::read, "faults-keeper");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "ended" ->
                            exits.put(
                                    Integer.parseInt(words[1]),
                                    new Exit(Integer.parseInt(words[2]), Long.parseLong(words[3])));
                    case "left" -> lefts.add(line);
                    default -> answers.add(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what the keeper of the clients says", e);
        }
    }

    private String[] ask(List<String> words) throws IOException, InterruptedException {
        input.write(String.join("\t", words) + "\n");
        input.flush();
        String answer = answers.poll(Limits.ANSWER.toSeconds(), TimeUnit.SECONDS);
        if (answer == null) {
            throw new IOException("the keeper of the clients does not answer to " + words);
        }
        return answer.split(" ", -1);
    }

    /** Starts a program; its process id. */
    int start(List<String> command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("start"));
        words.addAll(command);
        return Integer.parseInt(ask(words)[1]);
    }

    /** Sends a signal. */
    Sent kill(int pid, int signal) throws IOException, InterruptedException {
        String[] words = ask(List.of("kill", Integer.toString(pid), Integer.toString(signal)));
        return new Sent(words[1].equals("0"), Long.parseLong(words[2]), Long.parseLong(words[3]));
    }

    /** How each process ended that did. */
    Map<Integer, Exit> exits() {
        return exits;
    }

    /** Forgets a round. */
    void clear() {
        exits.clear();
    }

    /** Waits until no process is left; false if one is when the limit is over. */
    boolean awaitNoneLeft(long seconds) throws IOException, InterruptedException {
        lefts.clear();
        input.write("left\n");
        input.flush();
        return lefts.poll(seconds, TimeUnit.SECONDS) != null;
    }

    /** Waits for the end of a process; false if it lives when the limit is over. */
    boolean awaitEnd(int pid) throws InterruptedException {
        return Limits.await(() -> exits.containsKey(pid));
    }

    @Override
    public void close() throws IOException {
        input.close();
        process.destroy();
    }
}
