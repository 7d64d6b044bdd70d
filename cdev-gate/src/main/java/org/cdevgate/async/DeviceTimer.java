package org.cdevgate.async;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.gate.DriverAction;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.SlowWait;
import org.cdevgate.internal.StackRoom;
import org.cdevgate.internal.WaitCircles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A timer of a driver: struct timer_list of linux/timer.h. It runs once each time it was set; its
 * function may set it again. It never runs on two threads at once.
 *
 * <pre>{@code
 * DeviceTimer poll = DeviceTimer.setup(bound, "poll", proof -> registers.access(proof).poll());
 * poll.mod(PERIOD);  // runs once, when the period is over
 * poll.deleteSync(); // not set, and not running
 * }</pre>
 *
 * <p>It belongs to a bound device, and is shut down when that is unbound; or to a gate, for drivers
 * without a bus: from the beginning of the removal it cannot be set, a setting that has not come is
 * void, and the removal waits for a run as for a call in flight.
 *
 * <p>All methods may be called by any thread.
 */
public final class DeviceTimer {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceTimer.class);

    private final Owner owner;
    private final Owner.Body function;
    private final Timers timers;
    private final Runnable run = new Run();

    // Guarded by this.
    private Timers.@Nullable Armed armed; // of the setting that has not run
    private Owner.@Nullable Claim claim; // of the same
    private boolean come; // its time has
    private long setting; // which one it is; an older one that comes late does nothing
    private long settings;
    private @Nullable Thread running;
    private int deleting; // how many wait for the end of a run, in which setting it is void
    private boolean shut;

    /** What a timer does. */
    @FunctionalInterface
    public interface Function {
        /**
         * Runs when the time has come. Should not block: of all drivers' timers at most 64 may at a
         * time, and the rest wait. What it throws is logged.
         *
         * @param bound valid until it returns
         */
        void run(BoundDevice bound) throws Exception;
    }

    DeviceTimer(Owner.Body function, Timers timers, OwnerMaker owner) {
        this.function = function;
        this.timers = timers;
        this.owner = owner.make(this::shutDown);
    }

    /** Makes the owner of what is ended by an action. */
    @FunctionalInterface
    interface OwnerMaker {
        Owner make(DriverAction end);
    }

    /** What runs, in reports. */
    private final class Run implements Runnable {
        @Override
        public void run() {
            while (runOnce()) {}
        }

        @Override
        public String toString() {
            return DeviceTimer.this.toString();
        }
    }

    /**
     * A timer that is not set. It is shut down when the device is unbound.
     *
     * @param bound of the device whose timer it is
     * @param name for reports
     * @throws IllegalStateException if no driver is bound any more
     */
    public static DeviceTimer setup(BoundDevice bound, String name, Function function) {
        return setup(bound, name, function, Timers.SHARED);
    }

    static DeviceTimer setup(BoundDevice bound, String name, Function function, Timers timers) {
        Objects.requireNonNull(bound, "bound");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(function, "function");
        return new DeviceTimer(
                Owner.Body.withProof(function::run),
                timers,
                end -> Owner.of(bound.addCaller(name, end)));
    }

    /**
     * A timer of a driver that has a gate and no bus. It is not set.
     *
     * @param gate of the device whose timer it is
     * @param name for reports
     * @param function runs inside the gate, also during its removal; what was said of {@link
     *     Function} holds
     */
    public static DeviceTimer setup(FopsGate gate, String name, DriverAction function) {
        return setup(gate, name, function, Timers.SHARED);
    }

    static DeviceTimer setup(FopsGate gate, String name, DriverAction function, Timers timers) {
        Objects.requireNonNull(gate, "gate");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(function, "function");
        return new DeviceTimer(nobody -> function.run(), timers, end -> Owner.of(gate, name));
    }

    /**
     * Sets it, in place of an earlier setting that has not come yet: mod_timer().
     *
     * @param delay from now; 0 or less is at once
     * @return whether it was set before; false too if it is shut down or its device is going, when
     *     nothing is done
     * @throws OutOfMemoryError if no thread or no memory is to be had; it is as it was then
     */
    public synchronized boolean mod(Duration delay) {
        Objects.requireNonNull(delay, "delay");
        if (shut || (deleting > 0 && running == Thread.currentThread())) {
            return false;
        }
        StackRoom.requireToLink(); // the new setting and the end of the old one are one step
        long mine = ++settings;
        Owner.Claim claimed = owner.claim(this, () -> removalBegins(mine));
        if (claimed == null) {
            return false;
        }
        Timers.Armed now = null;
        try {
            now = timers.arm(() -> timeHasCome(mine), delay);
        } finally {
            if (now == null) {
                claimed.end();
            }
        }
        boolean was = disarm();
        armed = now;
        claim = claimed;
        setting = mine;
        return was;
    }

    /** Ends the setting; needs no memory. */
    private boolean disarm() {
        Timers.Armed known = armed;
        Owner.Claim ended = claim;
        if (known == null || ended == null) {
            return false;
        }
        known.cancel();
        armed = null;
        if (come) {
            come = false;
            timers.remove(run);
        }
        ended.end();
        claim = null;
        return true;
    }

    private synchronized void removalBegins(long mine) {
        if (mine == setting) {
            disarm();
        }
    }

    /** On the clock's thread; false if it is to come again. */
    private synchronized boolean timeHasCome(long mine) {
        if (mine != setting || armed == null || come) {
            return true;
        }
        if (running == null) { // else at the end of that run
            timers.run(run);
        }
        come = true;
        return true;
    }

    /** Returns whether it is to run once more on this thread. */
    private boolean runOnce() {
        Owner.Claim claimed;
        synchronized (this) {
            claimed = claim;
            if (claimed == null || !come || running != null) {
                return false; // deleted, and maybe set anew
            }
            come = false;
            armed = null;
            claim = null;
            running = Thread.currentThread();
        }
        boolean again;
        try {
            owner.run(claimed, function);
        } catch (Throwable e) {
            Reports.error(LOG, "the {} failed", this, e);
        } finally {
            try {
                claimed.end();
            } finally {
                synchronized (this) {
                    running = null;
                    again = come;
                    notifyAll();
                }
            }
        }
        return again;
    }

    /**
     * Ends the setting, and waits for a run: timer_delete_sync(). When it returns the timer is not
     * set and runs on no thread, also if its function sets it again each time. It may be set again
     * afterwards.
     *
     * @return whether it was set
     * @throws org.cdevgate.gate.removal.SelfRemovalException in the timer's own function
     * @throws SelfCancelException if its function waits for what this thread runs
     */
    public boolean deleteSync() {
        owner.checkNotInside("DeviceTimer.deleteSync()");
        return stop("DeviceTimer.deleteSync()", false);
    }

    /**
     * {@link #deleteSync()}, and it can never be set again: timer_shutdown_sync(). Nothing refers
     * to it afterwards.
     *
     * @throws org.cdevgate.gate.removal.SelfRemovalException in the timer's own function
     * @throws SelfCancelException as deleteSync()
     */
    public boolean shutdownSync() {
        owner.checkNotInside("DeviceTimer.shutdownSync()");
        boolean was = stop("DeviceTimer.shutdownSync()", true);
        owner.ended();
        return was;
    }

    /** The device is unbound. */
    private void shutDown() {
        stop(null, true);
    }

    /**
     * Ends the setting and waits.
     *
     * @param method to refuse where it would wait for ever; null to wait in any case
     */
    private boolean stop(@Nullable String method, boolean forEver) {
        StackRoom.requireToLink(); // what is taken back must be given up whole
        WaitCircles.Awaited end = new RunsEnd();
        String circle = WaitCircles.enter(end);
        if (circle != null && method != null) {
            throw SelfCancelException.ofCircle(method, circle);
        }
        boolean was;
        try {
            synchronized (this) {
                shut |= forEver;
                was = disarm();
                deleting++;
            }
            try {
                SlowWait.whileTrue(
                        this,
                        () -> running != null,
                        owner == null ? Long.MAX_VALUE : owner.slowNanos(),
                        LOG,
                        "who deletes the " + this + " waits for its function",
                        () -> List.of(new SlowWait.Culprit("the " + this, running)));
            } finally {
                synchronized (this) {
                    deleting--;
                }
            }
        } finally {
            if (circle == null) {
                WaitCircles.left();
            }
        }
        return was;
    }

    /** The end of a run that is waited for. */
    private final class RunsEnd implements WaitCircles.Awaited {
        @Override
        public @Nullable List<Thread> blockedBy() {
            synchronized (DeviceTimer.this) {
                return running == null ? null : List.of(running);
            }
        }

        @Override
        public String toString() {
            return "the " + DeviceTimer.this;
        }
    }

    /** Whether it is set; a snapshot. */
    public synchronized boolean isPending() {
        return armed != null;
    }

    @Override
    public String toString() {
        return "timer " + owner;
    }
}
