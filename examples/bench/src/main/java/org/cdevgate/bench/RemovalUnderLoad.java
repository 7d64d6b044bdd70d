package org.cdevgate.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.stress.workload.Usage;

/**
 * Times removals while calls of real processes sleep in the device, next to a C server that answers
 * as many held requests in a loop: from the begin until the last client has its ENODEV, and until
 * {@code unregisterSync()} returns. The clients' clock is this JVM's, CLOCK_MONOTONIC.
 *
 * <p>Arguments: the folder of the C programs, the rounds, the file for the JSON.
 */
public final class RemovalUnderLoad {
    private static final int[] SLEEPERS = {1, 100, 1_000, 4_000};
    private static final int THREADS = 100; // of a process of clients, at most
    private static final int WARM_UP = 3; // rounds that are not counted
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    /** Who holds the sleepers. */
    private enum Server {
        C("C server"),
        THREADLESS("thread-less"),
        PARKED("parked");

        private final String title;

        Server(String title) {
            this.title = title;
        }
    }

    /** From the begin to the last client's answer, and to the end of the removal. */
    private record Took(long lastClient, long returned) {
        long both() {
            return Math.max(lastClient, returned);
        }
    }

    private final Path programs;
    private final DeviceMount mount;
    private final Path heldFolder;
    private final Process heldServer;
    private final Writer heldInput;
    private final BufferedReader heldOutput;
    private final Map<Integer, Map<Server, List<Took>>> times = new TreeMap<>();
    private int devices;

    private RemovalUnderLoad(Path programs, Path ours, Path heldFolder) throws IOException {
        this.programs = programs;
        this.heldFolder = heldFolder;
        heldServer =
                new ProcessBuilder(
                                programs.resolve("held_server").toString(), heldFolder.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        heldInput = heldServer.outputWriter(StandardCharsets.UTF_8);
        heldOutput = heldServer.inputReader(StandardCharsets.UTF_8);
        if (!"ready".equals(heldOutput.readLine())) {
            throw new IOException("the C server did not start");
        }
        mount = DeviceMount.mount(ours);
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        new Usage(
                        RemovalUnderLoad.class,
                        "PROGRAMS ROUNDS JSON",
                        "Measures removals under load; PROGRAMS is the folder of the compiled C"
                                + " programs.")
                .check(args, 3, 3);
        Path folder = Files.createTempDirectory("cdev-gate-bench-");
        Path ours = Files.createDirectory(folder.resolve("dev"));
        Path held = Files.createDirectory(folder.resolve("held"));
        RemovalUnderLoad bench = new RemovalUnderLoad(Path.of(args[0]), ours, held);
        try {
            bench.run(Integer.parseInt(args[1]));
        } finally {
            bench.close();
        }
        Files.delete(ours);
        Files.delete(held);
        Files.delete(folder);
        bench.report(Path.of(args[2]));
    }

    private void close() throws IOException, InterruptedException {
        mount.close();
        heldInput.close(); // at its end the C server unmounts
        heldServer.waitFor(10, TimeUnit.SECONDS);
        heldServer.destroyForcibly();
    }

    private void run(int rounds) throws Exception {
        Server[] servers = Server.values();
        for (int round = -WARM_UP; round < rounds; round++) {
            for (int sleepers : SLEEPERS) {
                for (int i = 0; i < servers.length; i++) {
                    Server server = servers[Math.floorMod(round + i, servers.length)];
                    Took took = measure(server, sleepers);
                    if (round >= 0) {
                        times.computeIfAbsent(sleepers, count -> new EnumMap<>(Server.class))
                                .computeIfAbsent(server, each -> new ArrayList<>())
                                .add(took);
                    }
                }
            }
        }
    }

    private Took measure(Server server, int sleepers) throws Exception {
        return server == Server.C
                ? measureHeld(sleepers)
                : measureRemoval(sleepers, server == Server.PARKED);
    }

    private Took measureHeld(int sleepers) throws Exception {
        Process clients = clients(heldFolder.resolve("null0"), sleepers);
        await(() -> Integer.parseInt(tell("count")) == sleepers, "held");
        String[] beginAndEnd = tell("go").split(" ", -1);
        long begin = Long.parseLong(beginAndEnd[0]);
        return new Took(last(clients) - begin, Long.parseLong(beginAndEnd[1]) - begin);
    }

    private String tell(String command) {
        try {
            heldInput.write(command + "\n");
            heldInput.flush();
            return heldOutput.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException("the C server", e);
        }
    }

    private Took measureRemoval(int sleepers, boolean parks) throws Exception {
        FileOperations driver = parks ? new Parked() : new Threadless();
        FopsGate gate = mount.register("sleep" + devices++, driver);
        Process clients = clients(mount.path(gate.name()), sleepers);
        WaitQueue queue = parks ? ((Parked) driver).queue : ((Threadless) driver).queue;
        await(() -> queue.sleepers() == sleepers, "asleep");
        long begin = System.nanoTime();
        gate.unregisterSync();
        long end = System.nanoTime();
        return new Took(last(clients) - begin, end - begin);
    }

    private static final class Threadless implements FileOperations {
        private final WaitQueue queue = new WaitQueue("data");

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            return call.wouldBlock(queue);
        }
    }

    private static final class Parked implements FileOperations {
        private final WaitQueue queue = new WaitQueue("data");

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            call.await(queue, () -> false);
            return 0;
        }
    }

    private Process clients(Path node, int sleepers) throws IOException {
        int threads = Math.min(sleepers, THREADS);
        return new ProcessBuilder(
                        programs.resolve("removal_clients").toString(),
                        node.toString(),
                        Integer.toString(sleepers / threads),
                        Integer.toString(threads))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void await(BooleanSupplier condition, String what) throws IOException {
        long deadline = System.nanoTime() + PATIENCE;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("not all clients are " + what + " after 60 s");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static long last(Process clients) throws IOException, InterruptedException {
        try (BufferedReader output = clients.inputReader(StandardCharsets.UTF_8)) {
            String line = output.readLine();
            if (clients.waitFor() != 0 || line == null) {
                throw new IOException("the clients failed; see above");
            }
            return Long.parseLong(line);
        }
    }

    private void report(Path json) throws IOException {
        System.out.println(
                "sleepers  server        last client, us  returned, us   to the C server, range");
        StringBuilder runs = new StringBuilder();
        for (int sleepers : SLEEPERS) {
            for (Server server : Server.values()) {
                List<Took> took = times.get(sleepers).get(server);
                double[] ratios = ratios(sleepers, server);
                System.out.printf(
                        Locale.ROOT,
                        "%8d  %-12s  %15.0f  %12.0f   %.2f %.2f-%.2f%n",
                        sleepers,
                        server.title,
                        median(took.stream().mapToDouble(Took::lastClient).toArray()) / 1000,
                        median(took.stream().mapToDouble(Took::returned).toArray()) / 1000,
                        median(ratios),
                        Arrays.stream(ratios).min().orElseThrow(),
                        Arrays.stream(ratios).max().orElseThrow());
                for (Took each : took) {
                    runs.append(runs.isEmpty() ? "" : ",\n    ")
                            .append(
                                    String.format(
                                            Locale.ROOT,
                                            "{\"sleepers\": %d, \"server\": \"%s\","
                                                    + " \"lastClientNanos\": %d,"
                                                    + " \"returnedNanos\": %d}",
                                            sleepers,
                                            server.title,
                                            each.lastClient,
                                            each.returned));
                }
            }
        }
        Files.writeString(
                json,
                "{\n  \"benchmark\": \"removal\",\n  \"runs\": [\n    " + runs + "\n  ]\n}\n");
        System.out.println();
        ratio("removal-1000-threadless-vs-C", median(ratios(1_000, Server.THREADLESS)), 1.5);
        ratio("removal-1000-parked-vs-C", median(ratios(1_000, Server.PARKED)), 4);
        ratio("removal-per-sleeper-4000-to-100-threadless", growth(Server.THREADLESS), 1.3);
        ratio("removal-per-sleeper-4000-to-100-parked", growth(Server.PARKED), 1.3);
    }

    private static void ratio(String name, double value, double goal) {
        System.out.printf(Locale.ROOT, "ratio %s %.2f goal<=%.2f%n", name, value, goal);
    }

    private double[] ratios(int sleepers, Server server) {
        List<Took> ours = times.get(sleepers).get(server);
        List<Took> floor = times.get(sleepers).get(Server.C);
        double[] ratios = new double[ours.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = (double) ours.get(i).both() / floor.get(i).both();
        }
        return ratios;
    }

    /** What a sleeper costs among 4,000, to what one costs among 100, round by round. */
    private double growth(Server server) {
        List<Took> few = times.get(100).get(server);
        List<Took> many = times.get(4_000).get(server);
        double[] ratios = new double[few.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = many.get(i).both() / 4_000.0 / (few.get(i).both() / 100.0);
        }
        return median(ratios);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
