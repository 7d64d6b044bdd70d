package org.cdevgate.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.diagnostics.FlightEvents;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.diagnostics.TimelineRecorder;
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
    private final List<RemovalListener> listeners = new ArrayList<>(1);

    private final Set<Thread> waiting = new CopyOnWriteArraySet<>();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private volatile long flaggedAt;
    private volatile RemovalTrace trace;
    private volatile TimelineRecorder.PhaseSpan drain;
    private int released; // by the one that claimed it
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
        if (gate.isRemoving()) {
            return false;
        }
        RemovalTrace begun = new RemovalTrace(gate);
        synchronized (this) { // a listener is added before the flag is set or not at all
            if (gate.isRemoving()) {
                return false;
            }
            // Whoever sees the flag sees these.
            beginner = Thread.currentThread();
            flaggedAt = System.nanoTime();
            trace = begun;
            gate.setFlag();
        }
        return true;
    }

    void takeNameAway() {
        guarded("noting the calls in flight", trace::flagged);
        TimelineRecorder.PhaseSpan phase = trace.begin(RemovalPhase.NAME_GONE);
        forEachListener(listener -> listener.onFlagged(gate));
        phase.end();
    }

    void wake() {
        TimelineRecorder.PhaseSpan phase = trace.begin(RemovalPhase.WAKE);
        try {
            for (GateWaiters waiters : gate.waiters()) {
                guarded("waking the sleepers", waiters::removeAll);
            }
            gate.cancels().fireAll();
            if (hook != null) {
                hook.start();
            }
        } finally {
            phase.end();
            drain = trace.begin(RemovalPhase.DRAIN);
            guarded("noting the calls that have ended", trace::woken);
            beginner = null;
            woken = true;
            wakeWaiters();
        }
    }

    /** A call ends after the flag. */
    void callEnded(long ticket) {
        RemovalTrace begun = trace;
        if (begun != null) {
            begun.callEnded(ticket);
        }
        wakeWaiters();
    }

    /** Notes an instant. */
    void mark(String what, String detail) {
        trace.mark(what, detail);
    }

    /** What was noted so far; null if the removal has not begun. */
    RemovalTimeline timeline() {
        RemovalTrace begun = trace;
        return begun == null ? null : begun.timeline();
    }

    /** A wait of this thread's ends before the removal does. */
    void waitEnded(RemovalOutcome.Ending ending) {
        trace.waitEnded(
                ending == RemovalOutcome.Ending.INTERRUPTED
                        ? "wait interrupted"
                        : "wait timed out");
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
                        && drain.await(gate, gate.cancels()::isDone, "cancellation callbacks")
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
        trace.mark("slow drain", what);
        FlightEvents.slowDrain(
                gate.name(),
                waitedNanos,
                report.culprits().size(),
                report.toString(),
                report.warnings().isEmpty() ? null : String.join("; ", report.warnings()));
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
    void tearDown(Drain wait) {
        wait.holdBackInterrupt();
        ender = Thread.currentThread();
        trace.drained();
        drain.end();
        try {
            inPhase(RemovalPhase.RELEASE, () -> releaseFiles(wait));
            inPhase(RemovalPhase.TEARDOWN, () -> runTeardowns(wait));
        } finally {
            trace.finished(released);
            ender = null;
            finished = true;
            gate.leaveParent(); // whose remover looks no more whether this has finished
            wakeWaiters();
        }
    }

    private void inPhase(RemovalPhase phase, DriverAction step) {
        TimelineRecorder.PhaseSpan span = trace.begin(phase);
        guarded("the phase " + phase, step);
        span.end();
    }

    private void releaseFiles(Drain wait) {
        for (OpenFile file : gate.openFiles()) {
            // Anew for each: a virtual thread gives its record back with its last call.
            Call call = CallRecord.current().push(gate.ref(), Verb.RELEASE, file);
            try {
                gate.finishAtRemoval(file, call);
            } finally {
                call.record.pop(call);
            }
            released++;
            wait.holdBackInterrupt();
        }
        forEachListener(listener -> listener.onDrained(gate));
    }

    private void runTeardowns(Drain wait) {
        Call call = CallRecord.current().push(gate.ref(), Verb.TEARDOWN, null);
        try {
            for (int i = teardowns.size() - 1; i >= 0; i--) {
                guarded("a teardown", teardowns.get(i));
                wait.holdBackInterrupt();
            }
            forEachListener(listener -> listener.onTornDown(gate));
            // A queue may outlive the device; it must not keep it reachable.
            for (GateWaiters waiters : gate.waiters()) {
                waiters.forget();
            }
        } finally {
            call.record.pop(call);
        }
    }

    private void forEachListener(Consumer<RemovalListener> step) {
        for (RemovalListener listener : listeners()) {
            guarded("a removal listener", () -> step.accept(listener));
        }
    }

    void guarded(String what, DriverAction step) {
        try {
            step.run();
        } catch (Throwable e) {
            LOG.error("removal of {}: {} failed; going on", gate.name(), what, e);
            RemovalTrace begun = trace;
            if (begun != null) {
                begun.mark(what + " failed", e.toString());
            }
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
