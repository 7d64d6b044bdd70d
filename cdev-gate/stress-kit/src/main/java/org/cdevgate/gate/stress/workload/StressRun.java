package org.cdevgate.gate.stress.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.oracle.Findings;

/**
 * One run of a {@link StressPlan}: devices that come and go, and threads that use and remove them.
 * What each thread decides follows from the seed; how the threads interleave is the machine's.
 *
 * <p>Bounded in time even if the driver hangs: what does not end is reported, and its threads,
 * which are daemons, are left behind. Safe for any thread, except {@link #execute()}.
 */
public final class StressRun {
    private static final int DESCRIPTORS = 64;
    private static final long LOOK_EVERY_MILLIS = 10;
    private static final int LONGEST = 4;

    private final StressPlan plan;
    private final Findings findings;
    private final Counts counts = new Counts();
    private final List<Slot> slots = new ArrayList<>();
    private final List<StressWorker> workers = new ArrayList<>();
    private final Aim aim;
    private final List<StressWorker> helpers = new CopyOnWriteArrayList<>();
    private final Exercise exercise;
    private final int threads;
    private final AtomicReferenceArray<Opened> descriptors =
            new AtomicReferenceArray<>(DESCRIPTORS);
    private final Queue<Asleep> ready = new ConcurrentLinkedQueue<>();
    private final LongAdder asked = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder devices = new LongAdder();
    private final LongAdder calls = new LongAdder();
    private volatile boolean over;
    private volatile boolean givenUp;

    /** A run that is still to be executed, once. */
    public StressRun(StressPlan plan) {
        this.plan = plan;
        this.findings = new Findings(plan.atOnce);
        for (StressPlan.Crew crew : plan.crews) {
            for (int i = 0; i < crew.platform() + crew.virtual(); i++) {
                workers.add(
                        new StressWorker(this, workers.size(), crew.role(), i >= crew.platform()));
            }
        }
        for (int i = 0; i < plan.slots; i++) {
            slots.add(new Slot(this, i));
        }
        this.exercise = new Exercise(counts, plan.sleeping);
        int lanes = workers.size() + 1; // and the one that cleans up
        this.aim = new Aim(this, slots, lanes);
        this.threads = lanes + (plan.aimed ? plan.slots * (1 + Aim.CALLERS) : 0);
    }

    /**
     * Runs it to its end.
     *
     * @throws InterruptedException if this thread is interrupted; the run is given up then
     */
    public RunResult execute() throws InterruptedException {
        long start = System.nanoTime();
        boolean ended = false;
        try {
            if (!plan.aimed || aim()) {
                workers.forEach(StressWorker::start); // the first remover registers the devices
                ended = watch();
            }
        } finally {
            over = true;
            givenUp = !ended;
        }
        if (ended) {
            judgeEnd();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new RunResult(
                plan.seed,
                seconds,
                devices.sum(),
                calls.sum(),
                findings.all(),
                counts.all(),
                exercise);
    }

    /**
     * Aims at each verb's sleepers, before chance has its turn.
     *
     * @return false if something hangs for good
     */
    private boolean aim() throws InterruptedException {
        Watchdog watchdog = new Watchdog(this);
        List<StressWorker> aiming = aim.workers();
        aiming.forEach(StressWorker::startOnce);
        while (!aiming.stream().allMatch(StressWorker::hasEnded)) {
            List<StressWorker> all = new ArrayList<>(aiming);
            all.addAll(helpers);
            if (!watchdog.look(all)) {
                return false;
            }
            Thread.sleep(LOOK_EVERY_MILLIS);
        }
        helpers.clear();
        return !over;
    }

    /** Starts a thread that takes one step, and lets the watchdog look at it. */
    StressWorker startHelper(StressWorker helper) {
        helpers.add(helper);
        helper.startOnce();
        return helper;
    }

    private boolean watch() throws InterruptedException {
        long start = System.nanoTime();
        Watchdog watchdog = new Watchdog(this);
        long duration = plan.duration.toNanos();
        while (!over) {
            long elapsed = System.nanoTime() - start;
            boolean enough = elapsed >= duration && isEnough();
            if (enough || elapsed / LONGEST >= duration) {
                break;
            }
            if (!watchdog.look(workers)) {
                return false;
            }
            Thread.sleep(LOOK_EVERY_MILLIS);
        }
        over = true;
        StressWorker cleaner =
                new StressWorker(
                        this,
                        workers.size(),
                        WorkerRole.named("cleaner").with(1, new Cleaning()),
                        false);
        List<StressWorker> all = new ArrayList<>(workers);
        all.add(cleaner);
        cleaner.startOnce();
        // What hangs is found by the watchdog, once or twice and freed; this is for what it cannot
        // see, such as a loop of the driver's.
        long limit = System.nanoTime() + LONGEST * plan.patience.toNanos();
        while (!all.stream().allMatch(StressWorker::hasEnded)) {
            if (!watchdog.look(all)) {
                return false;
            }
            if (System.nanoTime() - limit > 0) {
                watchdog.reportUnended(all);
                return false;
            }
            Thread.sleep(LOOK_EVERY_MILLIS);
        }
        return true;
    }

    /** Removes every device and answers every caller, when the others are to end. */
    private final class Cleaning implements Action {
        @Override
        public String name() {
            return "cleaning up";
        }

        @Override
        public void run(StressWorker worker) {
            boolean ended;
            do {
                ended = workers.stream().allMatch(StressWorker::hasEnded);
                // Also after the end: the last device may have been registered just before it.
                removeAll(worker);
                worker.pause();
            } while (!ended);
            for (Asleep next; (next = ready.poll()) != null; ) {
                ThreadlessCall.resume(next, worker);
            }
            for (int i = 0; i < DESCRIPTORS; i++) {
                Opened opened = descriptors.getAndSet(i, null);
                if (opened != null) {
                    opened.done(worker);
                }
            }
        }

        /** Begins all before it waits for one: a call of one may sleep in another. */
        private void removeAll(StressWorker worker) {
            List<StressedDevice> last = new ArrayList<>();
            for (Slot slot : slots) {
                StressedDevice device = slot.current();
                if (device != null) {
                    last.add(device);
                    device.life().removalBegins();
                    device.gate().beginRemoval();
                }
            }
            for (StressedDevice device : last) {
                RemovalAction.UNREGISTER_SYNC.remove(worker, device);
            }
        }
    }

    private void judgeEnd() {
        if (asked.sum() != answered.sum()) {
            findings.report(
                    Finding.Kind.NOT_TOLD,
                    "requests",
                    asked.sum()
                            + " requests of callers without a thread, "
                            + answered.sum()
                            + " answers");
        }
        for (String missing : counts.missing(plan.required)) {
            findings.report(
                    Finding.Kind.NOT_EXERCISED,
                    missing,
                    "never happened: " + missing + "; run longer, or on an idler machine");
        }
        if (plan.aimed) {
            for (String lack : exercise.lacks()) {
                findings.report(Finding.Kind.NOT_EXERCISED, lack, "not enough: " + lack);
            }
        }
    }

    private boolean isEnough() {
        return counts.missing(plan.required).isEmpty()
                && (!plan.aimed || exercise.lacks().isEmpty());
    }

    /** Ends it as soon as the threads have ended their steps. */
    public void end() {
        over = true;
    }

    /** Whether something hangs and is left behind. */
    boolean isGivenUp() {
        return givenUp;
    }

    /** Whether the threads are to end. */
    public boolean isOver() {
        return over;
    }

    StressPlan plan() {
        return plan;
    }

    int threads() {
        return threads;
    }

    /** Where findings go. */
    public Findings findings() {
        return findings;
    }

    /** What was exercised. */
    public Counts counts() {
        return counts;
    }

    /** What was done to each verb. */
    public Exercise exercise() {
        return exercise;
    }

    void countDevice() {
        devices.increment();
    }

    void countCall() {
        calls.increment();
    }

    // devices and descriptors, chosen at random

    /** The device under a random name; null while there is none. */
    public StressedDevice device(Dice dice) {
        return slots.get(dice.below(slots.size())).current();
    }

    /** The device under a name; null while there is none, or no such name. */
    public StressedDevice device(int slot) {
        return slot < slots.size() ? slots.get(slot).current() : null;
    }

    /** Registers a new device under each name that is free. */
    void renew() {
        slots.forEach(Slot::renew);
    }

    /** For all threads that call. */
    void forEachWorker(Consumer<StressWorker> each) {
        workers.forEach(each);
        helpers.forEach(each);
    }

    StressWorker worker(Dice dice) {
        return workers.get(dice.below(workers.size()));
    }

    /** Keeps an open file under a random descriptor, in place of the one that was there. */
    void keep(Opened opened, StressWorker worker) {
        Opened before = descriptors.getAndSet(worker.dice().below(DESCRIPTORS), opened);
        if (before != null) {
            before.done(worker);
        }
    }

    /** Takes a random descriptor away; null if there is none. */
    Opened take(Dice dice) {
        return descriptors.getAndSet(dice.below(DESCRIPTORS), null);
    }

    /** Begins a use of a random descriptor; null if there is none. */
    Opened borrow(Dice dice) {
        Opened opened = descriptors.get(dice.below(DESCRIPTORS));
        return opened != null && opened.use() ? opened : null;
    }

    // requests that sleep without a thread

    void asked() {
        asked.increment();
    }

    void answered() {
        answered.increment();
    }

    /** Those whose sleep has ended and that nobody has resumed yet. */
    Queue<Asleep> ready() {
        return ready;
    }
}
