package org.cdevgate.fuse.faults.attack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.cdevgate.fuse.faults.Limits;

/** A client process (attacker.c, bystander.c) that speaks in lines. For one thread. */
final class Attacker {
    private static final String END = "the end of its output";

    private final String what;
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    /** Starts it. */
    Attacker(List<String> command) throws IOException {
        what = String.join(" ", command.subList(1, command.size()));
        process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Thread reader = new Thread(this::read, "faults-attacker");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("wrong: its output cannot be read: " + e.getMessage());
        }
        lines.add(END);
    }

    /** Waits until it has all that it attacks with. */
    void awaitReady() throws IOException, InterruptedException {
        await("ready", Limits.MANY_ANSWERS);
    }

    /** Waits for a line that begins so; what follows. */
    String await(String begin) throws IOException, InterruptedException {
        return await(begin, Limits.ANSWER);
    }

    private String await(String begin, Duration limit) throws IOException, InterruptedException {
        String line = lines.poll(limit.toSeconds(), TimeUnit.SECONDS);
        while (line != null && !line.startsWith(begin)) {
            if (line.equals(END)) {
                throw new IOException(what + " ended without a line '" + begin + "'");
            }
            line = lines.poll(limit.toSeconds(), TimeUnit.SECONDS);
        }
        if (line == null) {
            throw new IOException(what + " says no '" + begin + "': it hangs");
        }
        return line.substring(begin.length()).strip();
    }

    /** The next line, null at the end or when there is none within the limit. */
    String nextLine() throws InterruptedException {
        String line = lines.poll(Limits.ANSWER.toSeconds(), TimeUnit.SECONDS);
        return END.equals(line) ? null : line;
    }

    /** Closes its input, which ends it; false if it lives when the limit is over. */
    boolean end() throws InterruptedException {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            return kill(); // it has ended, or will now
        }
        return process.waitFor(Limits.ANSWER.toSeconds(), TimeUnit.SECONDS);
    }

    /** Kills it; false if it lives when the limit is over, which SIGKILL does not allow. */
    boolean kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        return process.waitFor(Limits.ANSWER.toSeconds(), TimeUnit.SECONDS);
    }

    long pid() {
        return process.pid();
    }

    @Override
    public String toString() {
        return what;
    }
}
