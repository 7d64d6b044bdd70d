package org.cdevgate.gate;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.accounting.CallScan;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.internal.Reports;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a driver's wake hook on a thread of its own, once, and again with back-off while calls are
 * in flight: a sleeper that the driver's own code puts to sleep just after the first call is found
 * by a later one (FreeBSD re-calls d_purge likewise). A hook that blocks delays neither wake-ups
 * nor drain; the teardown waits until it has returned.
 */
@SuppressWarnings("Finally") // an Error that ends a call goes on, see CallFrame
final class WakeHookRunner {
    private static final Logger LOG = LoggerFactory.getLogger(WakeHookRunner.class);
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

    private final FopsGate gate;
    private final DriverAction hook;
    private final Thread thread;
    private volatile boolean drained;
    private volatile @Nullable CallRecord record;
    private volatile boolean done;
    private boolean started; // by the one remover that is at the beginning

    WakeHookRunner(FopsGate gate, DriverAction hook) {
        this.gate = gate;
        this.hook = hook;
        this.thread =
                new Thread(
                        null,
                        CallRecords.thenLeave(this::run),
                        "wake-hook-" + gate.name(),
                        0,
                        false);
        thread.setDaemon(true);
    }

    void start() {
        if (started) {
            return; // by a remover that met an Error after that
        }
        try {
            thread.start();
            started = true;
        } catch (OutOfMemoryError e) {
            // No thread to be had; the hook still has to run, so the remover waits for it.
            boolean interrupted = Thread.interrupted();
            callHook();
            started = true;
            done = true;
            Reports.warn(LOG, "no thread for the wake hook of {}; it ran on the remover", gate);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        while (!done) {
            try {
                runInside();
                done = true;
            } catch (Throwable e) {
                // Without memory for its call it has not run, and there may be some soon. What the
                // hook itself throws does not come here.
                Reports.error(LOG, "the wake hook of {} is to be called anew", gate, e);
                LockSupport.parkNanos(this, LONGEST_PAUSE);
            }
        }
        // Before another thread can have it, whose calls the drain must not leave out.
        record = null;
        gate.wakeRemovers();
    }

    private void runInside() {
        CallRecord own = CallRecords.current();
        record = own;
        Frame frame = Frame.push(gate.ref(), Verb.WAKE_HOOK, null);
        try {
            long pause = FIRST_PAUSE;
            callHook();
            while (!drained && (CallScan.isAny(gate.ref(), own) || !gate.holds().isEmpty())) {
                LockSupport.parkNanos(this, pause);
                pause = Math.min(pause * 2, LONGEST_PAUSE);
                if (!drained) {
                    callHook();
                }
            }
        } finally {
            try {
                own.pop(frame);
            } catch (Throwable e) {
                frame.published = (frame.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
        }
    }

    private void callHook() {
        gate.removal()
                .log()
                .guarded(
                        "noting the wake hook", () -> gate.removal().log().mark("wake hook", null));
        try {
            hook.run();
        } catch (Throwable e) {
            Reports.error(
                    LOG,
                    "wake hook of {} failed; calls asleep in the driver's own way may not wake",
                    gate.name(),
                    e);
            gate.removal()
                    .log()
                    .guarded(
                            "noting that the wake hook failed",
                            () -> gate.removal().log().mark("wake hook failed", e.toString()));
        }
        // Left interrupted, the thread would not pause before the next call.
        Thread.interrupted();
    }

    /** The record of the hook's thread, whose frame the drain leaves out; null unless it runs. */
    @Nullable CallRecord record() {
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
