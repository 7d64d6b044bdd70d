package org.cdevgate.gate.stress.workload;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.oracle.Lane;
import org.cdevgate.gate.stress.oracle.Stacks;

/** A thread of a run. Its methods are for that thread, unless they say otherwise. */
public final class StressWorker {
    private static final ThreadLocal<StressWorker> CURRENT = new ThreadLocal<>();

    private final StressRun run;
    private final int number;
    private final String name;
    private final WorkerRole role;
    private final boolean virtual;
    private final ByteBuffer buffer;

    private volatile Thread thread;
    private volatile Activity activity;
    private volatile boolean ended;
    private volatile Activity counted; // the last call that was seen asleep

    private Dice dice;
    private boolean driverFailed;

    StressWorker(StressRun run, int number, WorkerRole role, boolean virtual) {
        this.run = run;
        this.number = number;
        this.name = (virtual ? "virtual-" : "") + role.name() + "-" + number;
        this.role = role;
        this.virtual = virtual;
        // At least what an ioctl of the plan's may carry.
        this.buffer =
                ByteBuffer.allocateDirect(Math.max(run.plan().mostBytes, Syscalls.MOST_IOCTL))
                        .order(ByteOrder.nativeOrder());
    }

    /** The worker on whose thread this is called; null on a thread that is none. */
    public static StressWorker current() {
        return CURRENT.get();
    }

    /** Starts its thread, which takes steps until the run is over. */
    void start() {
        start(
                () -> {
                    for (long step = 0; !run.isOver(); step++) {
                        step(step);
                    }
                });
    }

    /** Starts its thread for one step. */
    void startOnce() {
        start(() -> step(0));
    }

    private void start(Runnable steps) {
        Runnable body =
                () -> {
                    CURRENT.set(this);
                    Lane.take(number);
                    try {
                        steps.run();
                    } finally {
                        ended = true;
                    }
                };
        if (virtual) {
            thread = VirtualThreads.start(name, body);
            run.counts().add("virtual threads");
        } else {
            Thread made = new Thread(body, name);
            made.setDaemon(true); // a driver that hangs must not keep the JVM
            thread = made;
            made.start();
        }
    }

    private void step(long step) {
        dice = Dice.of(run.plan().seed, number, step);
        driverFailed = false;
        Action action = role.pick(dice);
        if (!dice.oneIn(4)) {
            Thread.interrupted(); // most steps begin without one
        }
        try {
            action.run(this);
        } catch (Throwable e) {
            failed(action.name(), e);
        }
    }

    void failed(String what, Throwable e) {
        run.findings()
                .report(
                        Finding.Kind.RUN_FAILED,
                        what,
                        what + " on " + name + " failed: " + e,
                        () -> Stacks.of(e.toString(), e));
        run.end();
    }

    /** The run it works for. For any thread. */
    public StressRun run() {
        return run;
    }

    /** The decisions of this step. */
    public Dice dice() {
        return dice;
    }

    /** Its own buffer, cleared, with this limit. */
    ByteBuffer buffer(int limit) {
        return buffer.clear().limit(limit);
    }

    /** The driver threw something on purpose in this step: its caller may get EIO. */
    public void driverFails() {
        driverFailed = true;
    }

    /** Whether {@link #driverFails} was called in this step. */
    public boolean didDriverFail() {
        return driverFailed;
    }

    /** Waits a random time up to the longest life of a device, or until an interrupt. */
    void pause() {
        LockSupport.parkNanos(dice.below(run.plan().longestLifeMicros * 1_000L));
    }

    /** Does something with the watchdog looking. */
    <T> T doing(Activity.Kind kind, String what, StressedDevice device, Supplier<T> body) {
        Activity outer = activity;
        activity = new Activity(kind, what, device, System.nanoTime());
        try {
            return body.get();
        } finally {
            activity = outer;
        }
    }

    // for any thread

    void interrupt() {
        Thread target = thread;
        if (target != null) {
            target.interrupt();
        }
    }

    /** What it does now; null between two activities. */
    Activity activity() {
        return activity;
    }

    /** Whether it is in a call and its thread waits for something other than a lock's monitor. */
    boolean isAsleepInCall() {
        return asleepIn(activity);
    }

    @SuppressWarnings("ReferenceEquality") // that very call, not one like it
    private boolean asleepIn(Activity now) {
        Thread target = thread;
        if (now == null || now.kind() != Activity.Kind.CALL || target == null) {
            return false;
        }
        Thread.State state = target.getState();
        // It was the same call before and after, or the look says nothing.
        return (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)
                && now == activity;
    }

    /** Counts a call that is asleep now, once. */
    @SuppressWarnings("ReferenceEquality") // as above
    void countIfAsleep() {
        Activity now = activity;
        if (now != counted && asleepIn(now)) {
            counted = now;
            run.exercise().seenAsleep(now.what());
        }
    }

    /** Counts a call of this device that is asleep now, when its removal begins. */
    void countIfAsleepAtRemoval(StressedDevice device) {
        Activity now = activity;
        if (now != null && now.device() == device && asleepIn(now)) {
            countIfAsleep();
            run.exercise().asleepAtRemoval(now.what());
        }
    }

    boolean hasEnded() {
        return ended;
    }

    String stack() {
        Thread target = thread;
        return target == null ? "  " + name + " (not started)\n" : Stacks.of(target);
    }

    @Override
    public String toString() {
        return name;
    }
}
