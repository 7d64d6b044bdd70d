package org.cdevgate.fuse.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cdevgate.fuse.faults.server.ServerSabotage;

/**
 * Thousands of calls asleep in one node, in many processes, parked and then without a thread: each
 * is woken by the removal with ENODEV. Meanwhile the round trip of an ioctl on another node of the
 * mount is measured in turns with one on an idle mount; the ratio is printed, and judged by nobody.
 */
final class ManySleepers {
    private static final int PROCESSES = 40;
    private static final int THREADS = 100;
    private static final int PING_CALLS = 200;
    private static final int PING_ROUNDS = 9;
    private static final int PARKED_GENERATION = 2; // even: see PluggedDevice
    private static final int THREADLESS_GENERATION = 3;

    private final FaultStage stage;
    private final Path programs;
    private final Path idleFolder;
    private int violations;

    private ManySleepers(FaultStage stage, Path programs, Path idleFolder) {
        this.stage = stage;
        this.programs = programs;
        this.idleFolder = idleFolder;
    }

    /** Runs it on a server of its own; the number of violations, which it has printed. */
    static int run(SuiteOptions options) throws IOException, InterruptedException {
        Path base = Files.createTempDirectory("cdev-gate-sleepers-").toRealPath();
        MountFolder folder = new MountFolder(Files.createDirectory(base.resolve("dev")));
        MountFolder idle = new MountFolder(Files.createDirectory(base.resolve("idle")));
        Path log = Files.createDirectories(options.results()).resolve("sleepers.log");
        try (FaultStage stage =
                new FaultStage(options.programs(), folder, ServerSabotage.NONE, log)) {
            ManySleepers sleepers = new ManySleepers(stage, options.programs(), idle.path());
            try {
                sleepers.sleep("parked", PARKED_GENERATION);
                sleepers.sleep("without a thread", THREADLESS_GENERATION);
            } catch (IOException e) {
                sleepers.violations++;
                System.out.println("VIOLATION: " + e + "\n" + stage.report());
            }
            return sleepers.violations;
        } finally {
            folder.clear();
            idle.clear();
            Files.deleteIfExists(folder.path());
            Files.deleteIfExists(idle.path());
            Files.deleteIfExists(base);
        }
    }

    private void sleep(String how, int generation) throws IOException, InterruptedException {
        int count = PROCESSES * THREADS;
        ServingProcess server = stage.server();
        Path folder = stage.folder().path();
        server.run("mount " + folder + " 1 " + (count + 96));
        server.run("plug fifo0 " + generation + " true false");
        server.run("plug fifo1 " + (generation + 10) + " true false");
        server.run("idle " + idleFolder + " " + (generation + 20));
        List<Integer> pids = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            pids.add(
                    stage.keeper()
                            .start(
                                    List.of(
                                            programs.resolve("sleepers").toString(),
                                            folder + "/fifo0",
                                            Integer.toString(THREADS))));
        }
        awaitAsleep(generation, count);
        ping(folder);
        long begin = System.nanoTime();
        server.run("unplug sync " + generation);
        boolean ended = stage.keeper().awaitNoneLeft(Limits.ANSWER.toSeconds());
        long millis = (System.nanoTime() - begin) / 1_000_000;
        Map<Integer, Keeper.Exit> exits = stage.keeper().exits();
        long woken = pids.stream().filter(pid -> exits.containsKey(pid)).count();
        long right = pids.stream().filter(pid -> isRight(exits.get(pid))).count();
        System.out.println(
                "sleepers: %d calls %s in %d processes, removed and ended in %d ms"
                        .formatted(count, how, PROCESSES, millis));
        if (!ended || right != PROCESSES) {
            violations++;
            System.out.println(
                    "VIOLATION: of %d processes asleep %s %d ended, %d with ENODEV in each thread\n%s"
                            .formatted(PROCESSES, how, woken, right, stage.report()));
            for (int pid : pids) {
                stage.keeper().kill(pid, Keeper.SIGKILL);
            }
        }
        server.run("closemount");
        server.run("closeidle");
        server.run("check");
        for (String each : stage.takeViolations()) {
            violations++;
            System.out.println("VIOLATION after calls slept " + how + ": " + each);
        }
        stage.takeEvents();
        stage.keeper().clear();
    }

    private static boolean isRight(Keeper.Exit exit) {
        return exit != null && exit.isByItself();
    }

    private void awaitAsleep(int generation, int count) throws IOException, InterruptedException {
        // As long as more come: that many opens of one node at a time are slow, and other work may
        // slow them down further.
        String asleep = "";
        long changed = System.nanoTime();
        while (System.nanoTime() - changed < Limits.ANSWER.toNanos()) {
            String before = asleep;
            asleep = stage.server().run("asleep " + generation);
            if (asleep.equals(Integer.toString(count))) {
                return;
            }
            if (!asleep.equals(before)) {
                changed = System.nanoTime();
            }
            Thread.sleep(20);
        }
        throw new IOException("only " + asleep + " of " + count + " calls are asleep");
    }

    private void ping(Path folder) throws IOException, InterruptedException {
        int pid =
                stage.keeper()
                        .start(
                                List.of(
                                        programs.resolve("sleepers").toString(),
                                        "--ping",
                                        folder + "/fifo1",
                                        idleFolder + "/idle",
                                        Integer.toString(PING_CALLS),
                                        Integer.toString(PING_ROUNDS)));
        if (!stage.keeper().awaitEnd(pid) || !stage.keeper().exits().get(pid).isByItself()) {
            violations++;
            System.out.println("VIOLATION: an ioctl beside the sleepers was not answered");
        }
    }
}
