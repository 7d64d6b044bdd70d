package org.cdevgate.async;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import org.cdevgate.device.BoundCaller;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.Waits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A timer of a driver: struct timer_list of linux/timer.h. It runs once each time it was set; its
 * function may set it again. It never runs on two threads at once.
 *
 * <p>All methods may be called by any thread.
 */
public final class DeviceTimer {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceTimer.class);

    private final BoundCaller caller;
    private final Function function;

    // Guarded by this.
    private Future<?> armed;
    private long setting; // which setting is the last; an older one that comes late does nothing
    private Thread running;
    private int deleting; // how many wait for the end of a run, in which setting it is void
    private boolean shut;

    /** What a timer does. */
    @FunctionalInterface
    public interface Function {
        /**
         * Runs when the time has come, on a thread that other timers share: must not block for
         * long. What it throws is logged.
         *
         * @param bound valid until it returns
         */
        void run(BoundDevice bound) throws Exception;
    }

    private DeviceTimer(BoundDevice bound, String name, Function function) {
        this.function = Objects.requireNonNull(function, "the timer's function");
        this.caller = bound.addCaller(name, this::shutdownSync);
    }

    /**
     * A timer that is not set. It is shut down when the device is unbound.
     *
     * @param bound of the device whose timer it is
     * @param name for reports
     */
    public static DeviceTimer setup(BoundDevice bound, String name, Function function) {
        return new DeviceTimer(bound, name, function);
    }

    /**
     * Sets it, in place of an earlier setting that has not come yet: mod_timer().
     *
     * @param delay from now; 0 or less is at once
     * @return whether it was set before; false too if it is shut down, when nothing is done
     */
    public synchronized boolean mod(Duration delay) {
        if (shut || (deleting > 0 && running == Thread.currentThread())) {
            return false;
        }
        boolean was = disarm();
        long mine = setting;
        armed = Timers.after(() -> run(mine), delay);
        return was;
    }

    private boolean disarm() {
        boolean was = armed != null;
        if (was) {
            armed.cancel(false);
            armed = null;
        }
        setting++;
        return was;
    }

    private void run(long mine) {
        synchronized (this) {
            if (mine != setting || shut) {
                return;
            }
            if (running != null) { // still at it; then at its end
                armed = Timers.after(() -> run(mine), Duration.ofMillis(1));
                return;
            }
            armed = null;
            running = Thread.currentThread();
        }
        try {
            caller.<Exception>tryRun(function::run);
        } catch (Throwable e) {
            Reports.error(LOG, "the timer {} failed", caller, e);
        } finally {
            synchronized (this) {
                running = null;
                notifyAll();
            }
        }
    }

    /**
     * Ends the setting, and waits for a run: timer_delete_sync(). When it returns the timer is not
     * set and runs on no thread, also if its function sets it again each time. It may be set again
     * afterwards.
     *
     * @return whether it was set
     * @throws org.cdevgate.gate.SelfRemovalException in the timer's own function
     */
    public boolean deleteSync() {
        caller.checkNotInside("DeviceTimer.deleteSync()");
        return stop(false);
    }

    /**
     * {@link #deleteSync()}, and it can never be set again: timer_shutdown_sync().
     *
     * @throws org.cdevgate.gate.SelfRemovalException in the timer's own function
     */
    public boolean shutdownSync() {
        caller.checkNotInside("DeviceTimer.shutdownSync()");
        return stop(true);
    }

    private synchronized boolean stop(boolean forEver) {
        shut |= forEver;
        boolean was = disarm();
        deleting++;
        Waits.whileTrue(this, () -> running != null);
        deleting--;
        return was;
    }

    /** Whether it is set; a snapshot. */
    public synchronized boolean isPending() {
        return armed != null;
    }

    @Override
    public String toString() {
        return "timer " + caller;
    }
}
