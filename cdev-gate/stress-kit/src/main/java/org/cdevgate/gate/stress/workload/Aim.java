package org.cdevgate.gate.stress.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.stress.oracle.Finding;

/**
 * Removals that are aimed at sleepers. For each verb that the driver has: callers call it until all
 * of them are asleep in it, or have come back so often that it seems not to sleep; then the device
 * is removed, and each caller has to come back. Once with a single caller and once with several,
 * because a hook may wake just one.
 *
 * <p>What chance alone would find only in a long run, a driver that does not wake one of its verbs,
 * is found by this in the shortest, on a busy machine too: nothing here depends on how long
 * something takes.
 */
final class Aim {
    /** Threads of a round, beside the one that removes. */
    static final int CALLERS = 3;

    private static final int SEEMS_NOT_TO_SLEEP = 50;

    /** A single call that takes this long waits in a way of its own, maybe busily. */
    private static final long LONG_CALL = TimeUnit.MILLISECONDS.toNanos(50);

    private record Round(Verb verb, int callers) {}

    private final StressRun run;
    private final Queue<Round> rounds = new ConcurrentLinkedQueue<>();
    private final List<Slot> slots;
    private final int firstLane;
    private volatile boolean planned;

    /**
     * @param firstLane of the lanes that are for this alone: 1 + {@link #CALLERS} for each slot
     */
    Aim(StressRun run, List<Slot> slots, int firstLane) {
        this.run = run;
        this.slots = slots;
        this.firstLane = firstLane;
    }

    /** The threads to start, one for each slot: they share the rounds. */
    List<StressWorker> workers() {
        List<StressWorker> workers = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            int lane = firstLane + i * (1 + CALLERS);
            boolean first = i == 0;
            WorkerRole role = WorkerRole.named("aim").with(1, new Rounds(slot, lane, first));
            workers.add(new StressWorker(run, lane, role, false));
        }
        return workers;
    }

    /** Rounds on the devices of one slot, until there are none left. */
    private final class Rounds implements Action {
        private final Slot slot;
        private final int lane;
        private final boolean first;

        Rounds(Slot slot, int lane, boolean first) {
            this.slot = slot;
            this.lane = lane;
            this.first = first;
        }

        @Override
        public String name() {
            return "aimed removal";
        }

        @Override
        public void run(StressWorker worker) {
            slot.renew();
            if (first) {
                plan(); // the first device has told which verbs there are
                planned = true;
            }
            while (!planned && !run.isOver() && !run.isGivenUp()) {
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
            }
            for (Round round; !run.isOver() && (round = rounds.poll()) != null; ) {
                slot.renew();
                StressedDevice device = slot.current();
                if (device != null && !isKnownToHang(round.verb())) {
                    play(worker, round, device);
                }
            }
        }

        private void play(StressWorker worker, Round round, StressedDevice device) {
            List<Calling> callers = new ArrayList<>();
            for (int i = 1; i <= round.callers(); i++) {
                Calling calling = new Calling(device, round.verb());
                callers.add(calling);
                WorkerRole role = WorkerRole.named("aim-" + round.verb()).with(1, calling);
                calling.worker = run.startHelper(new StressWorker(run, lane + i, role, false));
            }
            while (!run.isOver() && !callers.stream().allMatch(Calling::isReady)) {
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
            }
            callers.forEach(Calling::look);
            RemovalAction.UNREGISTER_SYNC.remove(worker, device);
            while (!callers.stream().allMatch(calling -> calling.worker.hasEnded())
                    && !run.isGivenUp()) {
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
            }
        }
    }

    /** Then another round would cost the patience once more and tell nothing new. */
    private boolean isKnownToHang(Verb verb) {
        return run.findings().all().stream()
                .anyMatch(
                        each ->
                                each.kind() == Finding.Kind.SLEEPER_NOT_WOKEN
                                        && each.subject().equals(verb.toString()));
    }

    private void plan() {
        for (int callers : new int[] {1, CALLERS}) {
            for (Verb verb : run.exercise().implemented()) {
                if (verb == Verb.RELEASE) {
                    continue; // each close calls it, and nothing may sleep in it
                }
                // An ioctl chooses its command: each of them is to have a chance.
                int times = verb == Verb.IOCTL ? Math.max(1, run.plan().ioctls.length) : 1;
                for (int i = 0; i < times; i++) {
                    rounds.add(new Round(verb, callers));
                }
            }
        }
    }

    /** Calls one verb on a file of its own, again and again, until the device is being removed. */
    private static final class Calling implements Action {
        private final StressedDevice device;
        private final Verb verb;
        private final AtomicInteger returned = new AtomicInteger();
        volatile StressWorker worker;

        Calling(StressedDevice device, Verb verb) {
            this.device = device;
            this.verb = verb;
        }

        @Override
        public String name() {
            return "aimed " + verb;
        }

        @Override
        public void run(StressWorker self) {
            while (!device.life().isRemovalCalled() && !self.run().isOver()) {
                OpenFile[] file = new OpenFile[1];
                long result =
                        Syscalls.call(
                                self,
                                device,
                                null,
                                Verb.OPEN,
                                () -> {
                                    file[0] =
                                            device.gate()
                                                    .front()
                                                    .open(OpenFlags.O_RDWR, Caller.local());
                                    return 0;
                                });
                if (result != 0) {
                    returned.incrementAndGet(); // may be exclusive, or busy
                    continue;
                }
                Opened opened = new Opened(device, file[0]);
                do {
                    if (verb != Verb.OPEN) {
                        opened.use();
                        CallerAction.valueOf(verb.name()).use(self, opened);
                    }
                    returned.incrementAndGet();
                } while (verb != Verb.OPEN
                        && !device.life().isRemovalCalled()
                        && !self.run().isOver());
                opened.done(self);
            }
        }

        /** Whether it sleeps, or seems not to. */
        boolean isReady() {
            Activity activity = worker.activity();
            return returned.get() >= SEEMS_NOT_TO_SLEEP
                    || worker.hasEnded()
                    || worker.isAsleepInCall()
                    || (activity != null && System.nanoTime() - activity.since() > LONG_CALL);
        }

        void look() {
            worker.countIfAsleep();
        }
    }
}
