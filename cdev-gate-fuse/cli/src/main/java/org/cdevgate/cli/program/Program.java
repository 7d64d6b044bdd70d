package org.cdevgate.cli.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.cli.program.Patience.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The program of a run: its standard input, output and error are those of this process, and so are
 * its process group, its working directory and its environment but for what is added.
 */
public final class Program {
    /** The variable with the folder of the devices. */
    public static final String DEVICES = "CDEV_GATE_DEV";

    private static final long LOOK_MILLIS = 50;
    private static final long REACHED_NANOS = 500_000;
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final int SIGNALLED = 128; // and the signal's number, as shells say it

    private final Process process;
    private final String run;
    private long began = System.nanoTime();

    private Program(Process process, String run) {
        this.process = process;
        this.run = run;
    }

    /**
     * Starts it. The thread that does has to wait for its end: if it ended first the program would
     * be killed.
     *
     * @param command what becomes the program, see {@link #command} and {@link RealPaths#command}
     * @param devices the folder of its devices
     * @param run a name to mark its processes with, see {@link LeftProcesses}
     */
    public static Program start(List<String> command, Path devices, String run) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(Map.of(DEVICES, devices.toString(), LeftProcesses.MARK, run));
        Program program = new Program(builder.start(), run);
        Signals.receive(program::pass);
        return program;
    }

    /** The command that becomes a program whose devices stand in a folder of their own. */
    public static List<String> command(List<String> program) {
        return Launch.of(program);
    }

    private void pass(String signal) {
        if (!Signals.isFromTerminal(signal)) {
            (process.isAlive() ? Stream.of(process.toHandle()) : left())
                    .forEach(each -> kill(signal, each));
        }
    }

    private static void kill(String signal, ProcessHandle process) {
        String pid = String.valueOf(process.pid());
        try { // ProcessHandle knows TERM and KILL only
            new ProcessBuilder("sh", "-c", "kill -s \"$1\" \"$2\"", "sh", signal, pid)
                    .redirectError(ProcessBuilder.Redirect.DISCARD) // it may have ended
                    .start();
        } catch (IOException e) {
            process.destroy();
        }
    }

    /** Waits until it has been reached, or has ended before; its time begins then. */
    public void awaitReached(BooleanSupplier reached) {
        while (!reached.getAsBoolean() && process.isAlive()) {
            LockSupport.parkNanos(REACHED_NANOS);
        }
        began = System.nanoTime();
    }

    /** Processes that it has left running; none before its end. */
    public Stream<ProcessHandle> left() {
        return process.isAlive() ? Stream.of() : LeftProcesses.of(run).stream();
    }

    /**
     * Looks for a program as a shell does.
     *
     * @throws CommandFailure with the exit code for what is missing
     */
    public static void requireExecutable(String program) throws CommandFailure {
        boolean found = false;
        for (Path each : places(program).toList()) {
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
                "there is no program \"" + program + "\"; give its path, or install it");
    }

    private static Stream<Path> places(String program) {
        if (program.isEmpty()) {
            return Stream.of();
        }
        if (program.contains("/")) {
            return Stream.of(Path.of(program));
        }
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return Arrays.stream(path.split(":")).map(folder -> Path.of(folder, program));
    }

    /**
     * Waits for its end.
     *
     * @param follow whether to wait for the processes, too, that it leaves running
     * @param limit how long it may do nothing, or call in vain, once its devices are gone for good;
     *     null for ever
     * @param gone whether they are
     * @param calls how many calls of devices it has made
     * @return how it ended
     */
    public Ending await(
            boolean follow, @Nullable Duration limit, BooleanSupplier gone, LongSupplier calls)
            throws InterruptedException {
        if (limit == null && !follow) {
            process.waitFor();
            return ending();
        }
        Patience patience = limit == null ? null : new Patience(limit);
        while (isRunning(follow)) {
            Verdict verdict =
                    patience == null
                            ? Verdict.GOES_ON
                            : patience.look(
                                    System.nanoTime(),
                                    gone.getAsBoolean(),
                                    calls.getAsLong(),
                                    processorTime());
            if (verdict != Verdict.GOES_ON) {
                end();
                return verdict == Verdict.HANGS ? Ending.HUNG : Ending.SPUN;
            }
        }
        return ending();
    }

    /** Waits for a moment while it runs. */
    private boolean isRunning(boolean follow) throws InterruptedException {
        if (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            return true;
        }
        if (!follow || left().findAny().isEmpty()) {
            return false;
        }
        Thread.sleep(LOOK_MILLIS); // nobody tells of the end of a process that is no child
        return true;
    }

    private Stream<ProcessHandle> all() {
        return process.isAlive()
                ? Stream.concat(Stream.of(process.toHandle()), process.descendants())
                : left();
    }

    private Ending ending() {
        return exitCode() > SIGNALLED ? Ending.SIGNALLED : Ending.EXITED;
    }

    /** Of it and those that it has started, in nanoseconds. */
    private long processorTime() {
        return all().map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
                .mapToLong(Duration::toNanos)
                .sum();
    }

    private void end() throws InterruptedException {
        List<ProcessHandle> running = all().toList();
        running.forEach(ProcessHandle::destroy);
        process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        running.forEach(ProcessHandle::destroyForcibly);
        process.waitFor();
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
