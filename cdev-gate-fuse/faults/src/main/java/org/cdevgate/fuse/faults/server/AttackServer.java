package org.cdevgate.fuse.faults.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.fuse.DeviceMountBuilder;
import org.cdevgate.fuse.DeviceNode;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.stress.workload.Usage;

/**
 * The JVM that is attacked: mounts, with devices that anybody may open, and obeys {@link Commands}.
 *
 * <p>{@code remove NAME}, {@code closed NAME} (returns when every file of it is released), {@code
 * touched NAME} (returns when a mapped page of it is waited for), {@code interrupt TIMES} (all
 * threads of this application), {@code sees PID}, {@code report}, {@code check} (is a call, a
 * parked thread or an open file left?), {@code close}.
 */
public final class AttackServer {
    /** The command of an ioctl without data, which every device takes that has one. */
    public static final String QUIET_IOCTL = "0x4608"; // _IO('F', 8)

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Journal journal = new Journal(System.out);
    private final Map<String, AttackedDevice> devices = new TreeMap<>();
    private final DeviceMount mount;

    private AttackServer(String[] args) throws IOException {
        DeviceMountBuilder builder =
                DeviceMount.builder(Path.of(args[0])).allowOther(true).closeTimeout(CLOSE_TIMEOUT);
        for (int i = 1; i < args.length; i++) {
            String[] choice = args[i].split("[:=]", -1);
            switch (choice[0]) {
                case "parked" -> builder.maxParkedCalls(Integer.parseInt(choice[1]));
                case "inotify" -> builder.inotify(true);
                default ->
                        devices.put(
                                choice[0],
                                AttackedDevice.of(
                                        choice[0], choice[1], choice.length > 2 ? choice[2] : ""));
            }
        }
        journal.event("mounting");
        mount = builder.mount();
        for (AttackedDevice device : devices.values()) {
            mount.register(device.gate(), DeviceNode.named(device.name()).mode(0666));
        }
    }

    /**
     * Serves until the end of its input.
     *
     * @param args the folder; then {@code parked:N}, {@code inotify} and {@code NAME=KIND:NUMBER}
     */
    public static void main(String[] args) throws Exception {
        new Usage(
                        AttackServer.class,
                        "FOLDER [parked:N] [inotify] [NAME=KIND:NUMBER...]",
                        "Serves what an attack asks for on standard input.")
                .check(args, 1, Integer.MAX_VALUE);
        AttackServer server = new AttackServer(args);
        Commands.serve(server.journal, server::execute);
    }

    private String execute(String command, String[] arguments) throws Exception {
        switch (command) {
            case "remove" -> device(arguments[0]).gate().unregisterSync();
            case "closed" -> {
                AttackedDevice device = device(arguments[0]);
                expect(device::isClosed, () -> device.name() + " still has open files");
            }
            case "touched" -> {
                AttackedDevice device = device(arguments[0]);
                expect(device::isTouched, () -> "no page of " + device.name() + " is asked for");
            }
            case "interrupt" -> interrupt(Integer.parseInt(arguments[0]));
            case "sees" -> {
                return Boolean.toString(Files.exists(Path.of("/proc/" + arguments[0])));
            }
            case "report" -> {
                return report();
            }
            case "check" -> check();
            case "close" -> close();
            default -> throw new IllegalArgumentException("unknown command " + command);
        }
        return "";
    }

    private AttackedDevice device(String name) {
        AttackedDevice device = devices.get(name);
        if (device == null) {
            throw new IllegalArgumentException(name + " is none of " + devices.keySet());
        }
        return device;
    }

    /** Waits for something that must come to be; a violation if it does not. */
    private void expect(BooleanSupplier condition, java.util.function.Supplier<String> otherwise)
            throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                journal.violation(otherwise.get());
                return;
            }
            Thread.sleep(1);
        }
    }

    /** Interrupts every thread of the application, as a container does that stops one. */
    private static void interrupt(int times) {
        for (int i = 0; i < times; i++) {
            Thread.currentThread().getThreadGroup().interrupt();
            boolean own = Thread.interrupted();
            LockSupport.parkNanos(own ? PAUSE_NANOS : 0);
        }
    }

    private void check() throws InterruptedException {
        for (AttackedDevice device : devices.values()) {
            expect(
                    () -> device.gate().callsInFlight().isEmpty(),
                    () -> "nobody calls, but in flight are " + device.gate().callsInFlight());
        }
        expect(
                () -> mount.parkedCalls() == 0,
                () -> "nobody calls, but parked are " + mount.parkedCalls());
        expect(
                () -> mount.openFiles() == 0,
                () -> "nobody has a file open, but open are " + mount.openFiles());
    }

    private void close() throws InterruptedException {
        mount.close();
        expect(
                () -> libraryThreads().isEmpty(),
                () -> "after the mount was closed there are the threads " + libraryThreads());
    }

    private static List<String> libraryThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("fuse-"))
                .toList();
    }

    /** For a violation: who is where. */
    private String report() {
        StringBuilder text = new StringBuilder();
        text.append(mount.openFiles()).append(" open files, ");
        text.append(mount.parkedCalls()).append(" parked calls\n");
        for (AttackedDevice device : devices.values()) {
            List<CallInFlight> calls = device.gate().callsInFlight();
            text.append(device.gate()).append(": ").append(calls.size()).append(" calls, ");
            text.append(calls.subList(0, Math.min(3, calls.size()))).append('\n');
        }
        Thread.getAllStackTraces()
                .forEach(
                        (thread, stack) -> {
                            text.append(thread.getName()).append('\n');
                            for (StackTraceElement frame : stack) {
                                text.append("    at ").append(frame).append('\n');
                            }
                        });
        return text.toString();
    }
}
