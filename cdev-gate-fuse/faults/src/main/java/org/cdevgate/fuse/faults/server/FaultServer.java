package org.cdevgate.fuse.faults.server;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.stress.workload.Usage;

/**
 * The JVM that serves. Obeys {@link Commands}. What happened when stands in the {@link Journal}.
 *
 * <p>{@code mount FOLDER EPOCH MAX_PARKED}, {@code plug NAME GENERATION QUIET LATE}, {@code unplug
 * FORM GENERATION...}, {@code closemount}, {@code starve}, {@code feed}, {@code asleep GENERATION},
 * {@code report}, {@code check}, and {@code idle FOLDER GENERATION} for a second mount with one
 * device that nobody else uses, which {@code closeidle} closes.
 */
public final class FaultServer {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final long TICK_NANOS = 3_000_000;

    private final Journal journal = new Journal(System.out);
    private final ServerSabotage sabotage;
    private final Leftovers leftovers;
    private final Map<Long, PluggedDevice> devices = new ConcurrentHashMap<>();
    private final Deque<FileInputStream> hoard = new ArrayDeque<>(); // guarded by itself
    private final List<Object> leaks = new ArrayList<>();
    private volatile DeviceMount mount;
    private volatile DeviceMount idle;
    private volatile long epoch;

    private FaultServer(Path folder, ServerSabotage sabotage)
            throws IOException, InterruptedException {
        this.sabotage = sabotage;
        DeviceMount.mount(folder).close(); // what a JVM makes once is no leak
        LockSupport.parkNanos(TICK_NANOS);
        leftovers = new Leftovers();
    }

    /**
     * Serves until the end of its input.
     *
     * @param args a folder to mount upon once, and the option of a {@link ServerSabotage}
     */
    public static void main(String[] args) throws Exception {
        new Usage(
                        FaultServer.class,
                        "FOLDER SABOTAGE",
                        "Serves what the fault suite asks for on standard input.")
                .check(args, 2, 2);
        FaultServer server = new FaultServer(Path.of(args[0]), ServerSabotage.of(args[1]));
        Thread hardware = new Thread(server::runHardware, "faults-hardware");
        hardware.setDaemon(true);
        hardware.start();
        Commands.serve(server.journal, server::execute);
    }

    private void runHardware() {
        while (true) {
            LockSupport.parkNanos(TICK_NANOS);
            devices.values().forEach(PluggedDevice::tick);
        }
    }

    private String execute(String command, String[] arguments) throws Exception {
        switch (command) {
            case "mount" -> mount(arguments);
            case "plug" -> plug(arguments);
            case "unplug" -> unplug(arguments);
            case "closemount" -> closeMount();
            case "starve" -> starve();
            case "feed" -> feed();
            case "asleep" -> {
                return asleep(Long.parseLong(arguments[0]));
            }
            case "report" -> {
                return report();
            }
            case "check" -> check();
            case "idle" -> {
                idle = DeviceMount.mount(Path.of(arguments[0]));
                idle.register("idle", new Fifo(Long.parseLong(arguments[1]), false));
            }
            case "closeidle" -> {
                idle.close();
                idle = null;
            }
            default -> throw new IllegalArgumentException("unknown command " + command);
        }
        return "";
    }

    private void mount(String[] arguments) throws IOException {
        epoch = Long.parseLong(arguments[1]);
        journal.event("mounting " + epoch);
        mount =
                DeviceMount.builder(Path.of(arguments[0]))
                        .maxParkedCalls(Integer.parseInt(arguments[2]))
                        .closeTimeout(CLOSE_TIMEOUT)
                        .mount();
        journal.event("mounted " + epoch);
    }

    private void plug(String[] arguments) throws Exception {
        long generation = Long.parseLong(arguments[1]);
        PluggedDevice device =
                new PluggedDevice(
                        arguments[0],
                        generation,
                        Boolean.parseBoolean(arguments[2]),
                        Boolean.parseBoolean(arguments[3]),
                        journal,
                        sabotage);
        devices.put(generation, device);
        device.plugInto(mount, epoch);
    }

    private void unplug(String[] arguments) throws Exception {
        List<PluggedDevice> chosen = new ArrayList<>();
        for (int i = 1; i < arguments.length; i++) {
            chosen.add(devices.get(Long.parseLong(arguments[i])));
        }
        PluggedDevice.remove(chosen, arguments[0]);
    }

    private void closeMount() throws IOException {
        journal.event("closing " + epoch);
        devices.values().forEach(device -> device.life().removalDeferred()); // those still there
        mount.close();
        journal.event("closed " + epoch);
        if (sabotage == ServerSabotage.LEAKED_THREAD) {
            Thread leak = new Thread(LockSupport::park, "left-behind");
            leak.setDaemon(true);
            leak.start();
        }
        if (sabotage == ServerSabotage.LEAKED_DESCRIPTOR) {
            leaks.add(new FileInputStream("/dev/zero"));
        }
    }

    /** Takes every descriptor that this process may have. */
    private void starve() {
        synchronized (hoard) {
            try {
                while (true) {
                    hoard.add(new FileInputStream("/dev/null"));
                }
            } catch (IOException e) {
                journal.event("starved " + hoard.size());
            }
        }
    }

    private void feed() throws IOException {
        synchronized (hoard) {
            while (!hoard.isEmpty()) {
                hoard.pop().close();
            }
            journal.event("fed");
        }
    }

    private String asleep(long generation) {
        return Long.toString(
                devices.get(generation).gate().callsInFlight().stream()
                        .filter(call -> call.waitingOn() != null)
                        .count());
    }

    /** For a violation: who is where. */
    private String report() {
        StringBuilder text = new StringBuilder();
        DeviceMount current = mount;
        if (current != null) {
            text.append(current.openFiles()).append(" open files, ");
            text.append(current.parkedCalls()).append(" parked calls\n");
        }
        for (PluggedDevice device : devices.values()) {
            List<CallInFlight> calls = device.gate().callsInFlight();
            if (!calls.isEmpty() || !device.gate().isRemoved()) {
                text.append(device.gate()).append(": ").append(calls).append('\n');
            }
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

    /** After the mount was closed: is anything left? */
    private void check() throws InterruptedException {
        DeviceMount closed = mount;
        mount = null;
        if (closed != null) {
            if (closed.openFiles() != 0) {
                journal.violation(closed.openFiles() + " open files after the mount was closed");
            }
            if (!closed.gates().isEmpty()) {
                journal.violation("after the mount was closed it has " + closed.gates());
            }
            if (closed.parkedCalls() != 0) {
                journal.violation(closed.parkedCalls() + " calls are still parked");
            }
        }
        closed = null;
        for (PluggedDevice device : devices.values()) {
            if (!device.gate().isRemoved()) {
                journal.violation(device.gate() + " is not removed after the mount was closed");
            }
            device.life().end();
        }
        devices.clear();
        String left = leftovers.await();
        if (!left.isEmpty()) {
            journal.violation(left);
        }
    }
}
