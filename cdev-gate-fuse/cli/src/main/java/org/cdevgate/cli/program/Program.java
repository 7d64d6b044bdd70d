package org.cdevgate.cli.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;

/** The program of a run. */
public final class Program {
    private static final long LOOK_MILLIS = 50;
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Process process;
    private final long began = System.nanoTime();

    /**
     * Starts it. Its standard input, output and error are those of this process.
     *
     * @param command with what has to come before the program
     * @param devices the folder of its devices
     */
    public Program(List<String> command, Path devices) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("CDEV_GATE_DEV", devices.toString());
        process = builder.start();
        Signals.receive(this::pass);
    }

    private void pass(String signal) {
        if (!Signals.isFromTerminal(signal)) {
            kill(signal);
        }
    }

    private void kill(String signal) {
        try {
            // ProcessHandle knows TERM and KILL only.
            new ProcessBuilder("kill", "-s", signal, "--", String.valueOf(process.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            process.destroy();
        }
    }

    /**
     * Looks for a program as a shell does.
     *
     * @throws CommandFailure with the exit code for what is missing
     */
    public static void requireExecutable(String program) throws CommandFailure {
        boolean found = false;
        List<Path> places =
                program.contains("/")
                        ? List.of(Path.of(program))
                        : List.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":"))
                                .stream()
                                .map(folder -> Path.of(folder, program))
                                .toList();
        for (Path each : places) {
            if (Files.isRegularFile(each) && Files.isExecutable(each)) {
                return;
            }
            found |= Files.exists(each);
        }
        if (found) {
            throw new CommandFailure(
                    ExitCodes.NOT_EXECUTABLE,
                    program + " is there and cannot be executed; chmod +x, or name a program");
        }
        throw new CommandFailure(
                ExitCodes.NOT_FOUND,
                "there is no program " + program + "; give its path, or install it");
    }

    /**
     * Waits for its end.
     *
     * @param patience how long it may do nothing once its devices are gone; null for ever
     * @param gone whether they are
     * @param calls how many calls of devices it has made
     * @return whether it ended by itself; otherwise it hung and was ended
     */
    public boolean await(Duration patience, BooleanSupplier gone, LongSupplier calls)
            throws InterruptedException {
        if (patience == null) {
            process.waitFor();
            return true;
        }
        long lastWork = -1;
        long since = System.nanoTime();
        while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            long work = calls.getAsLong() + processorTime();
            if (work != lastWork || !gone.getAsBoolean()) {
                lastWork = work;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > patience.toNanos()) {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
                if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly().waitFor();
                }
                return false;
            }
        }
        return true;
    }

    private long processorTime() {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    /** Its exit code; 128 and the signal's number if one ended it. */
    public int exitCode() {
        return process.exitValue();
    }

    /** System.nanoTime() of its start. */
    public long began() {
        return began;
    }
}
