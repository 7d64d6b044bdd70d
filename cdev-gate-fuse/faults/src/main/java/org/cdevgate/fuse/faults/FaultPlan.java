package org.cdevgate.fuse.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What goes wrong in a round, and when: the same seed gives the same plan. What the threads make of
 * it is another matter.
 */
final class FaultPlan {
    /** One thing that goes wrong, with its share of all. */
    enum Fault {
        /** SIGKILL, SIGTERM or SIGQUIT to a client; another takes its place. */
        KILL(26),
        /** A handled signal to a client. */
        SIGNAL(18),
        /** SIGSTOP, and SIGCONT a little later. */
        STOP(8),
        /** A device is removed. */
        UNPLUG(10),
        /** A device is removed, and its name registered again at once. */
        REPLUG(24),
        /** Two devices are removed as one, and their names registered again. */
        GROUP(5),
        /** A name without a device gets one. */
        PLUG(12),
        /** The server gets no descriptor any more, until a few faults later. */
        STARVE(3),
        /** The mount ends, one way or another, and is made again. */
        REOPEN(2);

        private final int share;

        Fault(int share) {
            this.share = share;
        }
    }

    /** How a mount ends. */
    enum End {
        /** Every device is removed first. */
        REMOVED,
        /** It is closed with its devices and their users. */
        CLOSED,
        /** The connection is aborted (fusectl). */
        ABORTED,
        /** umount -f, which fails with EBUSY and aborts the connection. */
        FORCED,
        /** umount -l: open files go on. */
        DETACHED,
        /** The server is killed. */
        KILLED
    }

    /**
     * A fault.
     *
     * @param delayMicros after the one before
     * @param choice for whom or what, to be taken modulo the number of those
     * @param variant how
     */
    record Step(int delayMicros, Fault fault, int choice, int variant) {}

    private static final int MEAN_DELAY_MICROS = 12_000;

    /** Nodes; the kind is the name without the number. */
    static final List<String> NAMES =
            List.of("fifo0", "fifo1", "slow2", "own3", "deaf4", "disk5", "fault6", "fifo7", "own8");

    final long seed;
    final int maxParked;
    final int clients;
    final int threads;
    final List<Step> steps = new ArrayList<>();
    final End end;

    private final SplittableRandom random;

    FaultPlan(long seed, int steps) {
        this.seed = seed;
        random = new SplittableRandom(seed);
        maxParked = random.nextInt(5) == 0 ? 2 + random.nextInt(3) : 512;
        clients = 5 + random.nextInt(4);
        threads = 2 + random.nextInt(3);
        for (int i = 0; i < steps; i++) {
            int delay = (int) (-Math.log(1 - random.nextDouble()) * MEAN_DELAY_MICROS);
            this.steps.add(
                    new Step(delay, fault(), random.nextInt(1 << 20), random.nextInt(1 << 20)));
        }
        // A killed server costs a new JVM.
        End[] ends = End.values();
        end = random.nextInt(10) == 0 ? End.KILLED : ends[random.nextInt(ends.length - 1)];
    }

    boolean isCrowded() {
        return maxParked < 100;
    }

    private Fault fault() {
        int total = 0;
        for (Fault each : Fault.values()) {
            total += each.share;
        }
        int left = random.nextInt(total);
        for (Fault each : Fault.values()) {
            left -= each.share;
            if (left < 0) {
                return each;
            }
        }
        throw new AssertionError("shares that do not add up");
    }

    @Override
    public String toString() {
        return "%d clients of %d threads, %d parked calls allowed, %d faults, at the end %s"
                .formatted(clients, threads, maxParked, steps.size(), end);
    }
}
