package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;

/** A device that comes and goes, with processes inside it, leaves no trace. */
class PlugUnplugIT extends MountBase {
    private static final int CYCLES = Integer.getInteger("cdevgate.plug.cycles", 600);
    private static final int WARM_UP_CYCLES = 20;
    private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** The number of each thing that a cycle could leave behind. */
    private record Footprint(int threads, int descriptors, int openFiles) {
        boolean isWithin(Footprint other) {
            return threads <= other.threads
                    && descriptors <= other.descriptors
                    && openFiles <= other.openFiles;
        }
    }

    private Footprint footprint() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return new Footprint(
                    TestMount.threads().size(),
                    (int) descriptors.count(),
                    mount.mount().openFiles());
        }
    }

    /**
     * The first cycles make the threads that stand by from then on. The others remove the device
     * while clients sleep in it, or wherever the removal finds them: in open, on the way to sleep,
     * in close.
     */
    @Test
    void removalAtAnyMomentLosesNobodyAndLeavesNothingBehind() throws Exception {
        cycles(WARM_UP_CYCLES, this::awaitClientsInside);
        Footprint before = footprint();
        Random random = new Random(1);
        cycles(
                CYCLES,
                (cycle, gate, driver) -> {
                    if (random.nextBoolean()) {
                        awaitClientsInside(cycle, gate, driver);
                    } else {
                        pause((long) (random.nextDouble() * MAX_PAUSE_NANOS));
                    }
                });
        Within.limit(
                "no more threads, descriptors and open files than before: " + before,
                () -> footprint().isWithin(before),
                () -> "now these threads: " + TestMount.threads());
        assertEquals(0, mount.mount().openFiles());
    }

    private void awaitClientsInside(int cycle, FopsGate gate, FifoDriver driver) {
        boolean withPoller = cycle % 3 == 0;
        Within.limit(
                "a read asleep in cycle " + cycle,
                () -> TestMount.asleep(gate, Verb.READ) > 0 && (!withPoller || driver.polls() > 0),
                () -> "in flight: " + gate.callsInFlight());
    }

    /** Spins: a sleep so short would take as long as the scheduler likes. */
    private static void pause(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }

    private interface BeforeRemoval {
        void await(int cycle, FopsGate gate, FifoDriver driver);
    }

    private void cycles(int count, BeforeRemoval beforeRemoval) throws Exception {
        String path = mount.path("fifo");
        List<Pending> loops =
                List.of(
                        client.beginLoop("read", path),
                        client.beginLoop("read", path),
                        client.beginLoop("poll", path));
        int opens = 0;
        for (int cycle = 0; cycle < count; cycle++) {
            FifoDriver driver = new FifoDriver(cycle % 2 == 0 ? Sleep.PARKED : Sleep.THREADLESS);
            FopsGate gate = mount.register("fifo", driver);
            beforeRemoval.await(cycle, gate, driver);
            mount.remove(gate);
            assertTrue(
                    driver.isEachReleasedOnce(),
                    () -> driver.opens() + " opened, " + driver.releases() + " released");
            opens += driver.opens();
        }
        client.endLoops();
        int rounds = 0;
        for (Pending loop : loops) {
            rounds += loop.await().success();
        }
        assertEquals(opens, rounds, "times that a client opened the node and saw it go");
        TestMount.awaitOpenFiles(mount.mount(), 0);
    }
}
