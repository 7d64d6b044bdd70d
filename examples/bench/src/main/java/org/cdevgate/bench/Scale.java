package org.cdevgate.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.stress.workload.Usage;

/**
 * Measures what nodes, open files, sleeping calls and requests cost in memory, and what plugging
 * costs as the number of nodes grows. One kind of measurement per JVM, because each leaves
 * something behind that would count in the next:
 *
 * <pre>
 *   Scale FOLDER-OF-THE-C-PROGRAMS nodes|files|requests|threadless|parked|plug|beside
 * </pre>
 */
public final class Scale {
    private static final int NODES = 10_000;
    private static final int FILES = 10_000;
    private static final int SLEEPERS = 4_000;
    private static final int WARM_SLEEPERS = 400;
    private static final int WARM_ROUNDS = 20;
    private static final int THREADS = 100; // of a process of clients
    private static final int BESIDE_ROUNDS = 21;
    private static final int PLUGS = 5_000;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(120);

    private final Path programs;
    private final DeviceMount mount;

    private Scale(Path programs, DeviceMount mount) {
        this.programs = programs;
        this.mount = mount;
    }

    /** Measures one kind. */
    public static void main(String[] args) throws Exception {
        new Usage(
                        Scale.class,
                        "PROGRAMS nodes|files|requests|threadless|parked|plug|beside",
                        "Measures one kind of cost; PROGRAMS is the folder of the compiled C"
                                + " programs.")
                .check(args, 2, 2);
        Path folder = Files.createTempDirectory("cdev-gate-bench-");
        try (DeviceMount mount = DeviceMount.builder(folder).maxParkedCalls(2 * SLEEPERS).mount()) {
            Scale scale = new Scale(Path.of(args[0]), mount);
            switch (args[1]) {
                case "nodes" -> scale.nodes();
                case "files" -> scale.files();
                case "requests" -> scale.requests();
                case "threadless" -> scale.sleepers("threadless", new Threadless(), 2 << 10);
                case "parked" -> scale.sleepers("parked", new Parked(), 64 << 10);
                case "plug" -> scale.plug();
                case "beside" -> scale.beside();
                default -> throw new IllegalArgumentException("no kind " + args[1]);
            }
        }
        Files.delete(folder);
    }

    /** A driver whose calls sleep on a queue. */
    private abstract static class Sleeping implements FileOperations {
        final WaitQueue queue = new WaitQueue("data");
    }

    private static final class Threadless extends Sleeping {
        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            return call.wouldBlock(queue);
        }
    }

    private static final class Parked extends Sleeping {
        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            call.await(queue, () -> false);
            return 0;
        }
    }

    private static final class Idle implements FileOperations {}

    private void nodes() throws IOException {
        List<FopsGate> gates = new ArrayList<>(NODES);
        register(gates, 1_000); // what is made once
        long before = heap();
        register(gates, NODES);
        print("memory", "idle-node-heap-bytes", (heap() - before) / (double) NODES, 1024);
        gates.forEach(FopsGate::unregisterSync);
    }

    private void register(List<FopsGate> gates, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            gates.add(mount.register("node" + gates.size(), new Idle()));
        }
    }

    private void files() throws Exception {
        mount.register("node", new Idle());
        Process warm = holdOpen(1_000);
        long before = heap();
        Process many = holdOpen(FILES);
        print("memory", "open-file-heap-bytes", (heap() - before) / (double) FILES, 512);
        end(warm);
        end(many);
    }

    private Process holdOpen(int count) throws IOException {
        Process process = client("hold_open", mount.path("node").toString(), "" + count);
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        if (!"open".equals(output.readLine())) {
            throw new IOException("not opened; see above");
        }
        return process;
    }

    private static void end(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        process.waitFor();
    }

    private void requests() throws Exception {
        mount.register("null0", new NullServer.NullDriver());
        for (String operation : List.of("null-ioctl", "poll", "read-8", "read-4k", "write-4k")) {
            roundtrip(operation, 30_000);
        }
        int calls = 50_000;
        double none = perCall("null-ioctl", 1) * 1; // what a client costs that makes one call
        for (String operation : List.of("null-ioctl", "poll", "read-8", "read-4k", "write-4k")) {
            double bytes = Math.max(0, perCall(operation, calls) * calls - none) / calls;
            boolean goal = !operation.endsWith("4k");
            print("allocation", operation + "-bytes-per-call", bytes, goal ? 0 : Double.NaN);
        }
    }

    private double perCall(String operation, int calls) throws Exception {
        long before = allocated();
        roundtrip(operation, calls);
        return (allocated() - before) / (double) calls;
    }

    private void roundtrip(String operation, int calls) throws Exception {
        median(mount, operation, 0, calls);
    }

    /** Of the calls of a client, in nanoseconds. */
    private double median(DeviceMount of, String operation, int warmUp, int calls)
            throws Exception {
        Process client =
                client(
                        "roundtrip",
                        operation,
                        of.path("null0").toString(),
                        Integer.toString(warmUp),
                        Integer.toString(calls));
        String said = client.inputReader(StandardCharsets.UTF_8).readLine();
        if (client.waitFor() != 0 || said == null) {
            throw new IOException("the client failed; see above");
        }
        return Double.parseDouble(said.substring(0, said.indexOf(' ')));
    }

    /** Round trips on a mount that has much else, and on one that has nothing else, alternating. */
    private void beside() throws Exception {
        mount.register("null0", new NullServer.NullDriver());
        mount.register("node", new Idle());
        List<FopsGate> gates = new ArrayList<>(NODES);
        register(gates, NODES);
        Process files = holdOpen(FILES);
        Threadless driver = new Threadless();
        gates.add(mount.register("sleep", driver));
        Process sleepers = sleep(SLEEPERS);
        await(driver.queue, SLEEPERS);

        Path folder = Files.createTempDirectory("cdev-gate-bench-");
        try (DeviceMount alone = DeviceMount.builder(folder).mount()) {
            alone.register("null0", new NullServer.NullDriver());
            for (String operation : List.of("null-ioctl", "poll", "read-8")) {
                List<Double> ratios = new ArrayList<>();
                for (int round = -6; round < BESIDE_ROUNDS; round++) {
                    double one = median(alone, operation, 150, 1_500);
                    double other = median(mount, operation, 150, 1_500);
                    if (round >= 0) {
                        ratios.add(other / one);
                    }
                }
                ratios.sort(null);
                print(
                        "ratio",
                        operation + "-beside-nodes-files-sleepers-vs-alone",
                        ratios.get(ratios.size() / 2),
                        Double.NaN);
            }
        }
        Files.delete(folder);
        gates.forEach(FopsGate::unregisterSync);
        sleepers.waitFor();
        end(files);
    }

    /** Bytes that the threads of the mount have allocated, all those that live included. */
    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (var info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null && info.getThreadName().startsWith("fuse-")) {
                sum += threads.getThreadAllocatedBytes(info.getThreadId());
            }
        }
        return sum;
    }

    private void sleepers(String kind, Sleeping driver, int goal) throws Exception {
        // What is compiled and loaded for the first calls is not what another call costs.
        for (int i = 0; i < WARM_ROUNDS; i++) {
            FopsGate gate = mount.register("sleep", driver);
            Process clients = sleep(WARM_SLEEPERS);
            await(driver.queue, WARM_SLEEPERS);
            gate.unregisterSync();
            clients.waitFor();
        }
        FopsGate gate = mount.register("sleep", driver);
        Process warm = sleep(WARM_SLEEPERS);
        await(driver.queue, WARM_SLEEPERS);
        long before = resident() + heap();
        Process many = sleep(SLEEPERS);
        await(driver.queue, WARM_SLEEPERS + SLEEPERS);
        double each = (resident() + heap() - before) / (double) SLEEPERS;
        print("memory", kind + "-call-resident-bytes", each, goal);
        gate.unregisterSync();
        warm.waitFor();
        many.waitFor();
    }

    private Process sleep(int count) throws IOException {
        return client(
                "removal_clients",
                mount.path("sleep").toString(),
                "" + count / THREADS,
                "" + THREADS);
    }

    private static void await(WaitQueue queue, int count) throws IOException {
        long deadline = System.nanoTime() + PATIENCE;
        while (queue.sleepers() < count) {
            if (System.nanoTime() > deadline) {
                throw new IOException(queue.sleepers() + " of " + count + " clients are asleep");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Plugging and unplugging beside few nodes and beside many, alternating. */
    private void plug() throws IOException {
        List<Double> ratios = new ArrayList<>();
        List<FopsGate> many = new ArrayList<>();
        double rate = 0;
        for (int round = -2; round < 9; round++) {
            long few = plugs();
            register(many, NODES);
            long beside = plugs();
            many.forEach(FopsGate::unregisterSync);
            many.clear();
            if (round >= 0) {
                ratios.add((double) beside / few);
                rate = Math.max(rate, PLUGS / (beside / 1e9));
            }
        }
        ratios.sort(null);
        print(
                "ratio",
                "plug-unplug-beside-10000-nodes-vs-none",
                ratios.get(ratios.size() / 2),
                1.5);
        System.out.printf(
                Locale.ROOT, "plugged and unplugged %.0f devices a second at best%n", rate);
    }

    private long plugs() throws IOException {
        long begin = System.nanoTime();
        for (int i = 0; i < PLUGS; i++) {
            mount.register("plug", new Idle()).unregisterSync();
        }
        return System.nanoTime() - begin;
    }

    private Process client(String... command) throws IOException {
        String[] line = command.clone();
        line[0] = programs.resolve(command[0]).toString();
        return new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** Bytes of live objects. */
    private static long heap() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /**
     * Bytes of this process in memory (VmRSS, proc(5)). All of the heap is (-XX:+AlwaysPreTouch),
     * so what objects take of it has to be added.
     */
    private static long resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("no VmRSS in /proc/self/status");
    }

    private static void print(String what, String name, double value, double goal) {
        System.out.printf(
                Locale.ROOT,
                "%s %s %.2f%s%n",
                what,
                name,
                value,
                Double.isNaN(goal) ? "" : String.format(Locale.ROOT, " goal<=%.2f", goal));
    }
}
