package org.cdevgate.cli.explore;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.cdevgate.cli.program.ShellWords;
import org.jspecify.annotations.Nullable;

/**
 * Starts one program again and again, in surroundings that are made once: an awk in the lane's
 * namespace has a shell at hand that waits for the order to become the program. awk, because its
 * system() tells an exit code from a signal, which a shell's $? does not.
 *
 * <p>A second shell, the warden, waits for the end of its input, which comes when this process
 * ends, in whatever way, and then kills what is left in the namespace, or what has the lane's
 * devices in its environment.
 */
final class Spawner implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(60);
    private static final String END = "end";

    /** gawk adds 256 to a signal's number, and 512 if there is a core too. */
    private static final int SIGNALLED = 256;

    /**
     * $1 the fifo of orders, $2 what is sourced for each, $3 the script of the warden, $4 what it
     * finds processes by. Descriptor 4 ends with this process.
     */
    private static final String SURROUNDINGS =
            """
            command -v awk >/dev/null && command -v setsid >/dev/null || {
              echo "problem awk and setsid are needed; apt-get install mawk util-linux"; exit; }
            awk 'BEGIN { exit system("kill -KILL $$") < 256 }' || {
              echo "problem this awk does not tell signals; apt-get install mawk, or gawk"; exit; }
            exec 4<&0
            sh -c "$3" cdev-gate-warden "$4" <&4 >/dev/null 2>&1 &
            echo "ready $$ $!"
            exec 4<&-
            exec awk -v start="$2" \
              'BEGIN { while (1) { print "status " system(". " start); fflush() } }' <"$1"
            """;

    /**
     * Waits for the end of its input and kills what is left. $1 an entry of the environment to find
     * it by, or "namespace". Zombies have neither.
     */
    private static final String WARDEN =
            """
            while read -r ignored; do :; done
            mine=$(readlink /proc/$$/ns/mnt)
            left=1
            while [ "$left" ]; do
              left=
              for each in /proc/[0-9]*; do
                [ "${each#/proc/}" = $$ ] && continue
                if [ "$1" = namespace ]; then
                  [ "$(readlink "$each/ns/mnt")" = "$mine" ] || continue
                else
                  grep -qzxF -- "$1" "$each/environ" || continue
                fi
                kill -KILL "${each#/proc/}" && left=1
              done
            done
            """;

    private final Process process;
    private final OutputStream orders;
    private final LinkedBlockingQueue<String> reports = new LinkedBlockingQueue<>();
    private final String awk;
    private final String warden;
    private volatile String running = "";
    private volatile String next;

    /** Makes a command one that runs where the devices are. */
    interface Inside {
        List<String> command(List<String> command) throws IOException;
    }

    /** How a program ended. */
    record Status(int code, boolean signalled) {}

    /**
     * @param folder a private one, for files of its own
     * @param program with its arguments
     * @param input what the program reads as its standard input
     * @param inside what has to come before it
     * @param marker an entry of the environment by which processes are found; null for the
     *     namespace
     * @throws IOException if the surroundings cannot be made
     */
    Spawner(
            Path folder,
            List<String> program,
            Path input,
            Inside inside,
            Map<String, String> environment,
            @Nullable String marker)
            throws IOException, InterruptedException {
        Path fifo = folder.resolve("orders");
        Path start = folder.resolve("start");
        Files.writeString(
                start,
                "echo \"next $$\"; read -r order || { kill -KILL $PPID 2>&-; exit; }; exec"
                        + " setsid "
                        + ShellWords.of(program)
                        + " <"
                        + ShellWords.of(input.toString())
                        + " >"
                        + ShellWords.of(output(folder).toString())
                        + " 2>"
                        + ShellWords.of(errors(folder).toString())
                        + "\n");
        new ProcessBuilder("mkfifo", "-m", "600", fifo.toString()).inheritIO().start().waitFor();
        List<String> command =
                List.of(
                        "sh",
                        "-c",
                        SURROUNDINGS,
                        "cdev-gate-lane",
                        fifo.toString(),
                        start.toString(),
                        WARDEN,
                        marker == null ? "namespace" : marker);
        List<String> all = new ArrayList<>();
        all.add("setsid"); // a terminal's Ctrl-C is for the command alone, which says what it knows
        all.addAll(inside.command(command));
        ProcessBuilder builder =
                new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        process = builder.start();
        Thread reader = new Thread(this::read, "reports");
        reader.setDaemon(true);
        reader.start();
        String[] ready = ready().split(" ", -1);
        awk = ready[1];
        warden = ready[2];
        orders = Files.newOutputStream(fifo);
        next = report("next ");
    }

    /** What the program writes to its standard output. */
    static Path output(Path folder) {
        return folder.resolve("out");
    }

    /** And to its standard error. */
    static Path errors(Path folder) {
        return folder.resolve("err");
    }

    private String ready() throws IOException, InterruptedException {
        String line = reports.poll(READY.toMillis(), TimeUnit.MILLISECONDS);
        if (line != null && line.startsWith("ready ")) {
            return line;
        }
        close();
        if (line == null) {
            throw new IOException("no shell within " + READY.toSeconds() + " s; try again");
        }
        throw new IOException(
                line.startsWith("problem ") ? line.substring(8) : "its shell says: " + line);
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                reports.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            reports.add(END);
        }
    }

    /**
     * Whether a process is one of its own, and not the program's. Right at any time: the shell that
     * waits for the next order is there before this process hears of the program's end.
     */
    boolean isOwn(String pid) {
        return pid.equals(awk)
                || pid.equals(warden)
                || (!pid.equals(running) && ProcStat.of(pid).parent().equals(awk));
    }

    /** A process in the lane. */
    String member() {
        return awk;
    }

    /** Starts the program; the last one has ended. */
    void start() throws IOException {
        running = next;
        orders.write('\n');
        orders.flush();
    }

    /** Waits for the program's end; null if that has not come. */
    @Nullable Status await(Duration most) throws IOException, InterruptedException {
        String line = reports.poll(most.toNanos(), TimeUnit.NANOSECONDS);
        if (line == null) {
            return null;
        }
        int status = Integer.parseInt(value(line, "status "));
        next = report("next ");
        return status < SIGNALLED
                ? new Status(status, false)
                : new Status(status & (SIGNALLED - 1), true);
    }

    private String report(String kind) throws IOException, InterruptedException {
        return value(reports.poll(READY.toMillis(), TimeUnit.MILLISECONDS), kind);
    }

    private static String value(@Nullable String line, String kind) throws IOException {
        if (line == null || !line.startsWith(kind)) {
            throw new IOException("the lane's shell says " + line + "; try again");
        }
        return line.substring(kind.length());
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close(); // it kills what is left
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
