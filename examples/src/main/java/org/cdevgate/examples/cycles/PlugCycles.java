package org.cdevgate.examples.cycles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.cdevgate.cdev.Cdev;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.cdev.MiscDevices;
import org.cdevgate.device.Bus;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.drivers.GpioAdapter;
import org.cdevgate.drivers.GpioHardware;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateCounters;
import org.cdevgate.gate.calls.Verb;

/**
 * Plugs a GPIO adapter in and unplugs it, again and again, while processes read its events, poll,
 * request lines, and are killed; checks what each of them is answered, and that the last cycle
 * leaves no more behind than the first thousand did. Ends with one line for machines; exits with 1
 * if anything differed from the contract.
 */
public final class PlugCycles {
    private static final String NODE = "gpiochip0";
    private static final int CYCLES = 10_000;
    private static final int WARM_UP = 1_000; // of the long run; a third of a shorter one

    /** Growth of the live heap that is no leak: what a JVM makes for itself as it goes on. */
    private static final double HEAP_GROWTH = 1.02;

    /** The same in a short run, whose warm-up ends while classes are still loaded. */
    private static final double EARLY_HEAP_GROWTH = 1.1;

    private static final String USAGE = "usage: PlugCycles [CYCLES [SEED]]";

    private static final int KILL_ONE_IN = 10;
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final int cycles;
    private final Random random;
    private final Violations violations = new Violations();
    private final int[] inFlight;
    private final CharDevices devices = new CharDevices();
    private final Bus bus = new DeviceModel().bus("usb");
    private final ExecutorService hub = Executors.newSingleThreadExecutor(PlugCycles::hubThread);
    private final String fileSystem = "cdev-gate-cycles-" + ProcessHandle.current().pid();

    private long opens;
    private long calls;
    private long refused;

    private PlugCycles(int cycles, long seed) {
        this.cycles = cycles;
        this.random = new Random(seed);
        this.inFlight = new int[cycles];
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (List.of(args).contains("--help")) {
            System.out.println(USAGE);
            System.out.println("Plugs and unplugs a device under processes that use it.");
            return;
        }
        int cycles;
        long seed;
        try {
            cycles = args.length > 0 ? Integer.parseInt(args[0]) : CYCLES;
            seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
            if (cycles < 3 || args.length > 2) {
                throw new IllegalArgumentException("no number from 3, and perhaps a seed");
            }
        } catch (IllegalArgumentException e) { // of a text that is no number too
            System.err.println(String.join(" ", args) + ": " + e.getMessage() + "; " + USAGE);
            System.exit(2);
            return;
        }
        System.out.println(cycles + " cycles, seed " + seed);
        Path folder = Files.createTempDirectory("cdev-gate-cycles");
        int found;
        try {
            found = new PlugCycles(cycles, seed).run(folder);
        } finally {
            deleteAll(folder);
        }
        System.exit(found == 0 ? 0 : 1);
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private static Thread hubThread(Runnable work) {
        Thread thread = new Thread(work, "hub");
        thread.setDaemon(true);
        return thread;
    }

    private int run(Path folder) throws IOException, InterruptedException {
        bus.addDriver(new GpioAdapter(new MiscDevices(devices)));
        Path mountPoint = Files.createDirectory(folder.resolve("dev"));
        Footprint before = null;
        Footprint after;
        int killed;
        try (DeviceMount dev = DeviceMount.builder(mountPoint).fsName(fileSystem).mount()) {
            dev.follow(devices);
            try (Clients clients = new Clients(folder, dev.path(NODE).toString(), violations);
                    Wire wire = new Wire(random.nextLong())) {
                int warmUp = Math.min(WARM_UP, cycles / 3);
                for (int cycle = 0; cycle < cycles; cycle++) {
                    if (cycle == warmUp) {
                        before = atRest(dev, null);
                    }
                    cycle(cycle, clients, wire);
                }
                clients.checkAlive();
                after = atRest(dev, before);
                killed = clients.killed();
                clients.end();
            }
        }
        after.compareWith(
                before, cycles >= 3 * WARM_UP ? HEAP_GROWTH : EARLY_HEAP_GROWTH, violations);
        Arrays.sort(inFlight);
        System.out.printf(
                "in flight at each removal: min %d, median %d, max %d%n",
                inFlight[0], inFlight[cycles / 2], inFlight[cycles - 1]);
        System.out.printf(
                "opened %d times, %d calls entered the driver, %d came too late; %d processes"
                        + " were killed%n",
                opens, calls, refused, killed);
        System.out.printf(
                "cycles: %d cycles, %d violations, threads %d to %d, descriptors %d to %d,"
                        + " heap %d to %d KiB%n",
                cycles,
                violations.count(),
                before.threads(),
                after.threads(),
                before.descriptors(),
                after.descriptors(),
                before.heapKib(),
                after.heapKib());
        return violations.count();
    }

    private void cycle(int number, Clients clients, Wire wire)
            throws IOException, InterruptedException {
        GpioHardware hardware = new GpioHardware("adapter " + number, Clients.LINES);
        Device device = bus.newDevice(NODE).data(hardware).add();
        FopsGate gate = devices.find(NODE).map(Cdev::gate).orElse(null);
        if (gate == null) {
            violations.add("cycle " + number + ": no node, though the device was added");
            device.remove();
            return;
        }
        wire.connect(hardware);
        if (random.nextBoolean()) {
            violations.unless(
                    await(() -> gate.openFiles().size() >= clients.count()),
                    "cycle " + number + ": not every client came back");
        }
        pause();
        int victim = random.nextInt(KILL_ONE_IN) == 0 ? clients.killOne(random) : -1;
        inFlight[number] = gate.callsInFlight().size();
        unplug(number, device);
        checkGone(number, gate, hardware);
        GateCounters counters = gate.counters();
        opens += counters.calls(Verb.OPEN);
        calls += counters.calls();
        refused += counters.refused();
        wire.connect(null);
        if (victim >= 0) {
            clients.startAgain(victim);
        }
    }

    /** Up to 2 ms, so that the removal meets the clients anywhere. */
    private void pause() {
        long until = System.nanoTime() + (long) (random.nextDouble() * LONGEST_PAUSE_NANOS);
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }

    /** By surprise, or after an unbind as with sysfs; seldom by two threads at once. */
    private void unplug(int number, Device device) throws InterruptedException {
        boolean unbindFirst = random.nextInt(4) == 0;
        Future<?> removal =
                hub.submit(
                        () -> {
                            if (unbindFirst) {
                                device.unbind();
                            }
                            return device.remove();
                        });
        if (random.nextInt(8) == 0) {
            device.unbind();
        }
        try {
            removal.get(LIMIT_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            violations.add("cycle " + number + ": the removal failed: " + e.getCause());
        } catch (TimeoutException e) {
            violations.add("cycle " + number + ": the removal hangs; every thread's stack follows");
            Thread.getAllStackTraces()
                    .forEach(
                            (thread, stack) -> {
                                System.out.println(thread.getName());
                                for (StackTraceElement frame : stack) {
                                    System.out.println("    at " + frame);
                                }
                            });
            System.exit(1);
        }
    }

    private void checkGone(int number, FopsGate gate, GpioHardware hardware) {
        List<String> wrong = new ArrayList<>();
        if (!gate.isRemoved() || !gate.openFiles().isEmpty()) {
            wrong.add(gate + " has " + gate.openFiles().size() + " open files");
        }
        if (!devices.devices().isEmpty()) {
            wrong.add("the name is still there");
        }
        if (hardware.isMapped() || hardware.irq().raise()) {
            wrong.add("the driver still has registers or interrupt");
        }
        if (hardware.lateReads() > 0) {
            wrong.add(hardware.lateReads() + " reads of a register that was not mapped");
        }
        for (String each : wrong) {
            violations.add("cycle " + number + ", after the removal: " + each);
        }
    }

    /**
     * What is left when every release has arrived, and every thread with a time of its own ended.
     */
    private Footprint atRest(DeviceMount dev, Footprint goal)
            throws IOException, InterruptedException {
        violations.unless(
                await(() -> dev.openFiles() == 0),
                dev.openFiles() + " files are open, though no device is there");
        if (goal != null) {
            await(() -> Footprint.threadsNow() <= goal.threads()); // told if not
        }
        return Footprint.now(fileSystem);
    }

    private static boolean await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            TimeUnit.MICROSECONDS.sleep(100);
        }
        return true;
    }
}
