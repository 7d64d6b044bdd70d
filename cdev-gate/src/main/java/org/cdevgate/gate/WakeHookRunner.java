package org.cdevgate.gate;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a driver's wake hook on a thread of its own, once, and again with back-off while calls are
 * in flight: a sleeper that the driver's own code puts to sleep just after the first call is found
 * by a later one (FreeBSD re-calls d_purge likewise). A hook that blocks delays neither wake-ups
 * nor drain; the teardown waits until it has returned.
 */
final class WakeHookRunner {
    private static final Logger LOG = LoggerFactory.getLogger(WakeHookRunner.class);
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

    private final FopsGate gate;
    private final DriverAction hook;
    private final Thread thread;
    private volatile boolean drained;
    private volatile CallRecord record;
    private volatile boolean done;

    WakeHookRunner(FopsGate gate, DriverAction hook) {
        this.gate = gate;
        this.hook = hook;
        this.thread = new Thread(null, this::run, "wake-hook-" + gate.name(), 0, false);
        thread.setDaemon(true);
    }

    void start() {
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            // No thread to be had; the hook still has to run, so the remover waits for it.
            LOG.warn("no thread for the wake hook of {}; running it on the remover", gate.name());
            boolean interrupted = Thread.interrupted();
            callHook();
            done = true;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        try {
            runInside();
        } finally {
            done = true;
            gate.wakeRemovers();
        }
    }

    private void runInside() {
        CallRecord own = CallRecord.current();
        record = own;
        Call frame = own.push(gate.ref(), Verb.WAKE_HOOK, null);
        try {
            long pause = FIRST_PAUSE;
            callHook();
            while (!drained && (CallScan.isAny(gate, own) || !gate.holds().isEmpty())) {
                LockSupport.parkNanos(this, pause);
                pause = Math.min(pause * 2, LONGEST_PAUSE);
                if (!drained) {
                    callHook();
                }
            }
        } finally {
            own.pop(frame);
        }
    }

    private void callHook() {
        gate.removal().mark("wake hook", null);
        try {
            hook.run();
        } catch (Throwable e) {
            LOG.error(
                    "wake hook of {} failed; calls asleep in the driver's own way may not wake",
                    gate.name(),
                    e);
            gate.removal().mark("wake hook failed", e.toString());
        }
        // Left interrupted, the thread would not pause before the next call.
        Thread.interrupted();
    }

    /** The record of the hook's thread, whose frame the drain leaves out; null before it runs. */
    CallRecord record() {
        return record;
    }

    /** No call is in flight any more: the hook is not called again. */
    void stop() {
        drained = true;
        LockSupport.unpark(thread);
    }

    boolean isDone() {
        return done;
    }
}
