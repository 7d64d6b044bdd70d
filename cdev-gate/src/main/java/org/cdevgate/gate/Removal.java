package org.cdevgate.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The removal of one gate's device.
 *
 * <pre>
 *   LIVE ──begin()──▶ FLAGGED ──name gone, sleepers woken──▶ WOKEN ──drained, hook returned──▶
 *   claimed by one waiter ──files released, listeners, teardowns──▶ FINISHED
 * </pre>
 *
 * <p>Setting the flag chooses who does the first row; claiming chooses who does the second. All
 * others wait for the end of both.
 */
final class Removal {
    private static final Logger LOG = LoggerFactory.getLogger(FopsGate.class);

    enum Result {
        /** Removed, and this thread did the teardown. */
        DONE_HERE,
        /** Removed by another thread. */
        DONE,
        /** The time was over, or the thread was interrupted. */
        ENDED_EARLY
    }

    private final FopsGate gate;
    private final WakeHookRunner hook;
    private final List<DriverAction> teardowns;

    // Guarded by this; no entry is added once the flag is set.
    private final List<RemovalListener> listeners = new ArrayList<>();

    private final Set<Thread> waiting = new CopyOnWriteArraySet<>();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private volatile boolean woken;
    private volatile boolean finished;
    private volatile Thread beginner;

    Removal(FopsGate gate, DriverAction wakeHook, List<DriverAction> teardowns) {
        this.gate = gate;
        this.hook = wakeHook == null ? null : new WakeHookRunner(gate, wakeHook);
        this.teardowns = List.copyOf(teardowns);
    }

    synchronized void addListener(RemovalListener listener) throws ErrnoException {
        if (gate.isRemoving()) {
            throw Errno.ENODEV.exception();
        }
        listeners.add(listener);
    }

    private synchronized List<RemovalListener> listeners() {
        return new ArrayList<>(listeners);
    }

    boolean begin() {
        if (!gate.flag()) {
            return false;
        }
        beginner = Thread.currentThread();
        try {
            for (RemovalListener listener : listeners()) {
                guarded("a removal listener", () -> listener.onFlagged(gate));
            }
            for (GateWaiters waiters : gate.waiters()) {
                guarded("waking the sleepers", waiters::removeAll);
            }
            if (hook != null) {
                hook.start();
            }
        } finally {
            beginner = null;
            woken = true;
            wakeWaiters();
        }
        return true;
    }

    Result await(long timeoutNanos) {
        if (!gate.isRemoving()) {
            throw new IllegalStateException(
                    "no removal of " + gate.name() + " has begun; call beginRemoval() first");
        }
        if (finished) {
            return Result.DONE;
        }
        Drain drain = new Drain(gate, timeoutNanos);
        waiting.add(Thread.currentThread());
        try {
            if (!drain.await(() -> woken, "the wake-ups of its beginning")
                    || !drain.awaitCalls(hook)
                    || !hookReturned(drain)) {
                return Result.ENDED_EARLY;
            }
            if (claimed.compareAndSet(false, true)) {
                tearDown(drain);
                return Result.DONE_HERE;
            }
            return drain.await(() -> finished, "the teardown") ? Result.DONE : Result.ENDED_EARLY;
        } finally {
            waiting.remove(Thread.currentThread());
            drain.finish();
        }
    }

    private boolean hookReturned(Drain drain) {
        if (hook == null) {
            return true;
        }
        hook.stop();
        return drain.await(hook::isDone, "its wake hook (thread " + hook.thread().getName() + ")");
    }

    /** Inside calls of its own, so that reports name it and a self-removal from it is found. */
    private void tearDown(Drain drain) {
        drain.holdBackInterrupt();
        try {
            for (OpenFile file : gate.openFiles()) {
                // Anew for each: a virtual thread gives its record back with its last call.
                Call call = CallRecord.current().push(gate, Verb.RELEASE, file, null);
                try {
                    gate.finish(file, call);
                } finally {
                    call.record.pop(call);
                }
                drain.holdBackInterrupt();
            }
            Call call = CallRecord.current().push(gate, Verb.TEARDOWN, null, null);
            try {
                for (RemovalListener listener : listeners()) {
                    guarded("a removal listener", () -> listener.onDrained(gate));
                }
                for (int i = teardowns.size() - 1; i >= 0; i--) {
                    guarded("a teardown", teardowns.get(i));
                    drain.holdBackInterrupt();
                }
                for (RemovalListener listener : listeners()) {
                    guarded("a removal listener", () -> listener.onTornDown(gate));
                }
                // A queue may outlive the device; it must not keep it reachable.
                for (GateWaiters waiters : gate.waiters()) {
                    waiters.forget();
                }
            } finally {
                call.record.pop(call);
            }
        } finally {
            finished = true;
            wakeWaiters();
        }
    }

    private void guarded(String what, DriverAction step) {
        try {
            step.run();
        } catch (Throwable e) {
            LOG.error("removal of {}: {} failed; going on", gate.name(), what, e);
        }
    }

    /** Something that a remover may wait for has happened. */
    void wakeWaiters() {
        for (Thread thread : waiting) {
            LockSupport.unpark(thread);
        }
    }

    boolean isFinished() {
        return finished;
    }

    /**
     * Waits while another thread releases the file. It is not waited for before it begins: during a
     * removal that is after the drain, which the caller must not hold up.
     */
    void awaitRunningRelease(OpenFile file) {
        if (file.isReleasing() && file.releaser() != Thread.currentThread()) {
            Drain wait = new Drain(gate, Long.MAX_VALUE);
            wait.await(() -> !file.isReleasing(), "the release of " + file);
            wait.finish();
        }
    }

    void checkNotInside(String method) {
        Thread thread = Thread.currentThread();
        CallRecord record = CallRecord.currentOrNull();
        Call call = record == null ? null : record.innermostIn(gate);
        String inside;
        if (call != null) {
            inside = "inside its own " + call + (call.file == null ? "" : " on " + call.file);
        } else if (thread == beginner) {
            inside = "inside this removal's own callbacks";
        } else {
            return;
        }
        throw new SelfRemovalException(
                method
                        + " of "
                        + gate.name()
                        + " on thread "
                        + thread.getName()
                        + ", which is "
                        + inside
                        + ", would wait for itself; call beginRemoval() here and wait on another"
                        + " thread");
    }
}
