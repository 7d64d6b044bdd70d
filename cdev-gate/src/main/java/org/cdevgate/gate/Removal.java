package org.cdevgate.gate;

import java.time.Duration;
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
 * The removal of one gate's device, in steps; {@link RemovalRun} takes them, for one gate or for
 * several at once.
 *
 * <pre>
 *   LIVE ──flag()──▶ FLAGGED ──takeNameAway(), wake()──▶ WOKEN ──isDrained──▶
 *   claimed by one waiter ──tearDown(): files released, listeners, teardowns──▶ FINISHED
 * </pre>
 *
 * <p>Setting the flag chooses who does the first row; claiming chooses who does the second. All
 * others wait for the end of both.
 */
final class Removal {
    private static final Logger LOG = LoggerFactory.getLogger(FopsGate.class);

    private final FopsGate gate;
    private final WakeHookRunner hook;
    private final List<DriverAction> teardowns;

    // Guarded by this; no entry is added once the flag is set.
    private final List<RemovalListener> listeners = new ArrayList<>();

    private final Set<Thread> waiting = new CopyOnWriteArraySet<>();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private volatile long flaggedAt;
    private volatile boolean woken;
    private volatile boolean finished;
    private volatile Thread beginner;
    private volatile Thread ender;

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

    // the beginning, by the one that set the flag

    /** True for the one that set the flag; it goes on with the next two steps. */
    boolean flag() {
        synchronized (this) { // a listener is added before the flag is set or not at all
            if (gate.isRemoving()) {
                return false;
            }
            flaggedAt = System.nanoTime(); // known to whoever sees the flag
            beginner = Thread.currentThread();
            gate.setFlag();
            return true;
        }
    }

    void takeNameAway() {
        for (RemovalListener listener : listeners()) {
            guarded("a removal listener", () -> listener.onFlagged(gate));
        }
    }

    void wake() {
        try {
            for (GateWaiters waiters : gate.waiters()) {
                guarded("waking the sleepers", waiters::removeAll);
            }
            gate.cancels().fireAll();
            if (hook != null) {
                hook.start();
            }
        } finally {
            beginner = null;
            woken = true;
            wakeWaiters();
        }
    }

    /** {@link System#nanoTime()} at the flag; 0 if it is not set. */
    long flaggedAt() {
        return flaggedAt;
    }

    // waiting, by any number of threads

    void addWaiter(Thread thread) {
        waiting.add(thread);
    }

    void removeWaiter(Thread thread) {
        waiting.remove(thread);
    }

    /** Something that a remover may wait for has happened. */
    void wakeWaiters() {
        for (Thread thread : waiting) {
            LockSupport.unpark(thread);
        }
    }

    /** Waits until nothing of the driver is in flight; false if the wait ended early. */
    boolean awaitDrained(Drain drain) {
        return finished
                || (drain.await(gate, () -> woken, "the wake-ups of its beginning")
                        && CallScan.awaitNone(gate, hook, drain)
                        && drain.await(gate, gate.cancels()::areDone, "cancellation callbacks")
                        && drain.await(gate, gate.holds()::isEmpty, "holds")
                        && awaitHook(drain));
    }

    private boolean awaitHook(Drain drain) {
        if (hook == null) {
            return true;
        }
        hook.stop();
        return drain.await(gate, hook::isDone, "its wake hook");
    }

    /** What it waits for. */
    List<CallInFlight> awaited() {
        List<CallInFlight> culprits = CallScan.all(gate);
        culprits.addAll(gate.holds().inFlight());
        return culprits;
    }

    /** A wait takes long: tells who is to blame. */
    void slow(String what, long waitedNanos) {
        RemovalReport report =
                RemovalReport.of(
                        List.of(gate), Thread.currentThread(), Duration.ofNanos(waitedNanos));
        LOG.warn(
                "{} still waits for {} after {}:\n{}",
                gate,
                what,
                CallInFlight.text(report.waited()),
                report);
    }

    /** Drained: true for the one that goes on with the teardown. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    boolean awaitFinished(Drain drain) {
        return drain.await(gate, () -> finished, "the teardown");
    }

    boolean isFinished() {
        return finished;
    }

    // the end, by the one that claimed it

    /** Inside calls of its own, so that reports name it and a self-removal from it is found. */
    void tearDown(Drain drain) {
        drain.holdBackInterrupt();
        ender = Thread.currentThread();
        try {
            for (OpenFile file : gate.openFiles()) {
                // Anew for each: a virtual thread gives its record back with its last call.
                Call call = CallRecord.current().push(gate.ref(), Verb.RELEASE, file);
                try {
                    gate.finishAtRemoval(file, call);
                } finally {
                    call.record.pop(call);
                }
                drain.holdBackInterrupt();
            }
            Call call = CallRecord.current().push(gate.ref(), Verb.TEARDOWN, null);
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
                // A queue may outlive the device; it must not keep it reachable. Nor must a parent.
                for (GateWaiters waiters : gate.waiters()) {
                    waiters.forget();
                }
                gate.leaveParent();
            } finally {
                call.record.pop(call);
            }
        } finally {
            ender = null;
            finished = true;
            wakeWaiters();
        }
    }

    void guarded(String what, DriverAction step) {
        try {
            step.run();
        } catch (Throwable e) {
            LOG.error("removal of {}: {} failed; going on", gate.name(), what, e);
        }
    }

    // self-removal

    /** Where this thread is inside; null if it is not. */
    String inside() {
        CallRecord record = CallRecord.currentOrNull();
        Call call = record == null ? null : record.innermostIn(gate.ref());
        if (call != null) {
            return "inside its own " + call + (call.file == null ? "" : " on " + call.file);
        }
        return Thread.currentThread() == beginner ? "inside this removal's own callbacks" : null;
    }

    /**
     * Why a thread's calls cannot be left out of the count; null if they can.
     *
     * @param thread this one, or one that waits for it; null if it has died
     * @param record the thread's, or null
     */
    String neededInside(Thread thread, CallRecord record) {
        if (thread != null) {
            if (thread == beginner || thread == ender) {
                return "inside this removal's own callbacks";
            }
            if (gate.isInNeededDestructor(thread)) {
                return "inside a destructor";
            }
        }
        return record == null ? null : record.neededIn(gate.ref());
    }
}
