package org.cdevgate.gate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.accounting.CallScan;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.FlightEvents;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.diagnostics.TimelineRecorder;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.RemovalReport;
import org.cdevgate.internal.LazySet;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.StackRoom;
import org.cdevgate.internal.Texts;
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
 *
 * <p><b>Errors.</b> A remover that meets an OutOfMemoryError gives up its row, by one store, where
 * it stands; the next one that waits, or comes, takes it up there. Each listener and teardown is
 * noted as told in the step that tells it, so none is left out and none is told twice, unless it
 * met the Error itself. For the stack a row has room, or does not begin.
 */
@SuppressWarnings("Finally") // an Error that ends a call goes on, see CallFrame
final class Removal {
    private static final Logger LOG = LoggerFactory.getLogger(FopsGate.class);

    private static final VarHandle BEGINNER;
    private static final VarHandle CLAIMED;
    private static final VarHandle REPORTING;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            BEGINNER = lookup.findVarHandle(Removal.class, "beginner", Thread.class);
            CLAIMED = lookup.findVarHandle(Removal.class, "claimed", boolean.class);
            REPORTING = lookup.findVarHandle(Removal.class, "reporting", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final FopsGate gate;
    private final WakeHookRunner hook;
    private final List<DriverAction> teardowns;

    // Guarded by this; no entry is added once the flag is set.
    private List<RemovalListener> listeners = List.of();

    /** Who is unparked when something changes. One that is just added may be missed: see Drain. */
    private final LazySet<Thread> waiting = new LazySet<>();

    private volatile boolean claimed; // through CLAIMED

    @SuppressWarnings("unused") // through REPORTING
    private volatile boolean reporting;

    private volatile long flaggedAt;
    private volatile RemovalTrace trace;
    private volatile TimelineRecorder.PhaseSpan drain;
    private volatile boolean woken;
    private volatile boolean finished;

    /**
     * Who is at the beginning, until the sleepers of all gates that are removed together have been
     * woken: what that calls on this thread must not wait for any of them.
     */
    volatile Thread beginner;

    /** Who is at the end. */
    private volatile Thread ender;

    // By the beginner.
    private int toldOfFlag; // listeners
    private boolean nameGone;

    // By the one that claimed the end.
    private int released;
    private int toldOfDrain;
    private int tornDown;
    private int toldOfTeardown;

    Removal(FopsGate gate, DriverAction wakeHook, List<DriverAction> teardowns) {
        this.gate = gate;
        this.hook = wakeHook == null ? null : new WakeHookRunner(gate, wakeHook);
        this.teardowns = List.copyOf(teardowns);
    }

    synchronized void addListener(RemovalListener listener) throws ErrnoException {
        if (gate.isRemoving()) {
            throw Errno.ENODEV.exception();
        }
        List<RemovalListener> more = new ArrayList<>(listeners);
        more.add(listener);
        listeners = List.copyOf(more); // a list of one takes the least room
    }

    // the beginning, by the one that set the flag or took it up

    /**
     * True for the one that set the flag; it goes on with {@link #takeNameAway()} and {@link
     * #wake()}.
     */
    boolean flag() {
        if (gate.isRemoving()) {
            return false;
        }
        StackRoom.requireToLink();
        RemovalTrace begun = new RemovalTrace(gate);
        Thread thread = Thread.currentThread();
        synchronized (this) { // a listener is added before the flag is set or not at all
            if (gate.isRemoving()) {
                return false;
            }
            // Whoever sees the flag sees these.
            flaggedAt = System.nanoTime();
            trace = begun;
            beginner = thread;
            gate.setFlag();
        }
        return true;
    }

    /** True if an Error has left something of the beginning, which now is this thread's to do. */
    boolean takeUp() {
        if (woken
                || !gate.isRemoving()
                || !BEGINNER.compareAndSet(this, null, Thread.currentThread())) {
            return false;
        }
        if (woken) { // by who just gave it up
            beginner = null;
            return false;
        }
        return true;
    }

    /** Takes the name away, if that is this thread's to do; {@link #wake()} follows. */
    void takeNameAway() {
        if (beginner != Thread.currentThread()) {
            return;
        }
        try {
            StackRoom.requireToLink();
            tellFlagged();
        } catch (Throwable e) {
            beginner = null;
            throw e;
        }
    }

    /** Tells those that have not been told. */
    private void tellFlagged() {
        if (nameGone) {
            return;
        }
        if (toldOfFlag == 0) {
            quietly("noting the calls in flight", trace::flagged);
        }
        TimelineRecorder.PhaseSpan phase = begin(RemovalPhase.NAME_GONE);
        while (toldOfFlag < listeners.size()) {
            RemovalListener listener = listeners.get(toldOfFlag);
            Throwable failed = null;
            try {
                listener.onFlagged(gate);
            } catch (Throwable e) {
                failed = e;
            }
            toldOfFlag++;
            failed("a removal listener", failed);
        }
        nameGone = true;
        end(phase);
    }

    /** After {@link #takeNameAway()}; does nothing where that did nothing. */
    void wake() {
        if (beginner != Thread.currentThread()) {
            return;
        }
        try {
            StackRoom.requireToLink();
            tellFlagged(); // if an Error kept this thread from it
            TimelineRecorder.PhaseSpan phase = begin(RemovalPhase.WAKE);
            for (GateWaiters waiters : gate.queues().all()) {
                waiters.removeAll();
            }
            gate.wakeCalls();
            if (hook != null) {
                hook.start();
            }
            end(phase);
            drain = begin(RemovalPhase.DRAIN);
            quietly("noting the calls that have ended", trace::woken);
            woken = true;
        } finally {
            if (!woken) {
                beginner = null;
            }
        }
        wakeWaiters();
    }

    /** The rest of the beginning, for the thread at it. */
    void begin() {
        takeNameAway();
        wake();
        beginner = null;
    }

    /** Whether the sleepers have been woken; what an Error has left of that is done here. */
    private boolean isBegun() {
        if (takeUp()) {
            begin();
        }
        return woken;
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
        for (Thread thread : waiting.elements()) {
            LockSupport.unpark(thread);
        }
    }

    /** Waits until nothing of the driver is in flight; false if the wait ended early. */
    boolean awaitDrained(Drain drain) {
        CallScan.Wait calls = condition -> drain.await(gate, condition, "calls in flight");
        Supplier<CallRecord> hookRecord = hook == null ? () -> null : hook::record;
        return finished
                || (drain.await(gate, this::isBegun, "the wake-ups of its beginning")
                        && CallScan.awaitNone(gate.ref(), hookRecord, calls)
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
        List<CallInFlight> culprits = Snapshots.calls(gate);
        gate.holds().inFlight(Integer.MAX_VALUE, culprits);
        return culprits;
    }

    /**
     * A wait takes long: tells who is to blame, on a thread of its own, because looking at many
     * calls takes time and a log may block.
     *
     * @return false if the last report is still in the making; ask again
     */
    boolean slow(String what, long waitedNanos) {
        if (!REPORTING.compareAndSet(this, false, true)) {
            return false;
        }
        boolean started = false;
        try {
            trace.mark("slow drain", what);
            Thread waiter = Thread.currentThread();
            String name = "slow-drain-" + gate.name();
            Thread reporter =
                    new Thread(null, () -> report(waiter, what, waitedNanos), name, 0, false);
            reporter.setDaemon(true);
            reporter.start();
            started = true;
        } finally {
            if (!started) {
                reporting = false;
            }
        }
        return true;
    }

    private void report(Thread waiter, String what, long waitedNanos) {
        try {
            Duration waited = Duration.ofNanos(waitedNanos);
            RemovalReport report = Snapshots.report(List.of(gate), waiter, waited);
            if (report.culprits().isEmpty() && woken) {
                return; // the wait has just come to its end
            }
            FlightEvents.slowDrain(
                    gate.name(),
                    waitedNanos,
                    report.culprits().size() + report.culpritsLeftOut(),
                    report.toString(),
                    report.warnings().isEmpty() ? null : String.join("; ", report.warnings()));
            LOG.warn("{} still waits for {} after {}:\n{}", gate, what, Texts.time(waited), report);
        } catch (Throwable e) {
            Reports.error(LOG, "{} waits long; the report of that failed", gate, e);
        } finally {
            reporting = false;
        }
    }

    /**
     * Waits until it has finished, and does the teardown, or what an Error has left of it, if
     * nobody else is at it. All is drained.
     *
     * @return where the teardown ended; {@link End#NOWHERE} if the wait ended early
     */
    End finish(Drain drain) {
        while (!finished) {
            StackRoom.requireToLink(); // before the claim: others wait for who has it
            if (CLAIMED.compareAndSet(this, false, true)) {
                try {
                    tearDown(drain);
                } catch (Throwable e) {
                    claimed = false; // also if it could not even be entered
                    throw e;
                }
                return End.HERE;
            }
            if (!drain.await(gate, () -> finished || !claimed, "the teardown")) {
                return End.NOWHERE;
            }
        }
        return End.ELSEWHERE;
    }

    enum End {
        HERE,
        ELSEWHERE,
        NOWHERE
    }

    boolean isFinished() {
        return finished;
    }

    // the end, by the one that claimed it

    /** Inside calls of its own, so that reports name it and a self-removal from it is found. */
    private void tearDown(Drain wait) {
        try {
            StackRoom.requireToLink();
            wait.holdBackInterrupt();
            ender = Thread.currentThread();
            quietly("noting the end of the drain", trace::drained);
            end(drain);
            TimelineRecorder.PhaseSpan phase = begin(RemovalPhase.RELEASE);
            releaseFiles(wait);
            tellDrained(wait);
            end(phase);
            phase = begin(RemovalPhase.TEARDOWN);
            runTeardowns(wait);
            end(phase);
            quietly("noting the end", () -> trace.finished(released));
            ender = null;
            finished = true;
        } catch (Throwable e) {
            ender = null;
            throw e;
        }
        leaveParent(); // whose remover looks no more whether this has finished
        wakeWaiters();
    }

    private void leaveParent() {
        FopsGate parent = gate.parent();
        if (parent != null) {
            parent.children().remove(gate);
        }
    }

    private void releaseFiles(Drain wait) {
        for (OpenFile file : gate.files().all()) {
            // Anew for each: a virtual thread gives its record back with its last call.
            Frame call = Frame.push(gate.ref(), Verb.RELEASE, file);
            try {
                gate.files().finishAtRemoval(file, call);
            } catch (RuntimeException e) {
                failed("the release of a file", e);
            } finally {
                try {
                    call.record.pop(call);
                } catch (Throwable e) {
                    call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                    throw e;
                }
            }
            released++;
            wait.holdBackInterrupt();
        }
    }

    private void tellDrained(Drain wait) {
        if (toldOfDrain == listeners.size()) {
            return;
        }
        Frame call = Frame.push(gate.ref(), Verb.TEARDOWN, null);
        try {
            while (toldOfDrain < listeners.size()) {
                RemovalListener listener = listeners.get(toldOfDrain);
                Throwable failed = null;
                try {
                    listener.onDrained(gate);
                } catch (Throwable e) {
                    failed = e;
                }
                toldOfDrain++;
                failed("a removal listener", failed);
                wait.holdBackInterrupt();
            }
        } finally {
            try {
                call.record.pop(call);
            } catch (Throwable e) {
                call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
        }
    }

    private void runTeardowns(Drain wait) {
        Frame call = Frame.push(gate.ref(), Verb.TEARDOWN, null);
        try {
            while (tornDown < teardowns.size()) {
                DriverAction teardown = teardowns.get(teardowns.size() - 1 - tornDown);
                Throwable failed = null;
                try {
                    teardown.run();
                } catch (Throwable e) {
                    failed = e;
                }
                tornDown++;
                failed("a teardown", failed);
                wait.holdBackInterrupt();
            }
            while (toldOfTeardown < listeners.size()) {
                RemovalListener listener = listeners.get(toldOfTeardown);
                Throwable failed = null;
                try {
                    listener.onTornDown(gate);
                } catch (Throwable e) {
                    failed = e;
                }
                toldOfTeardown++;
                failed("a removal listener", failed);
                wait.holdBackInterrupt();
            }
            // A queue may outlive the device; it must not keep it reachable.
            for (GateWaiters waiters : gate.queues().all()) {
                waiters.forget();
            }
        } finally {
            try {
                call.record.pop(call);
            } catch (Throwable e) {
                call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
        }
    }

    /** The removal goes on without what has failed, if it has; null if it has not. */
    private void failed(String what, Throwable thrown) {
        if (thrown != null) {
            try {
                LOG.error("removal of {}: {} failed; going on", gate.name(), what, thrown);
                RemovalTrace begun = trace;
                if (begun != null) {
                    begun.mark(what + " failed", thrown.toString());
                }
            } catch (Throwable e) {
                Reports.error(LOG, "removal of {}: a failure was not noted", gate.name(), e);
            }
        }
    }

    /** What is only noted must not stop what is done. */
    private void quietly(String what, Runnable noting) {
        try {
            noting.run();
        } catch (Throwable e) {
            failed(what, e);
        }
    }

    private TimelineRecorder.PhaseSpan begin(RemovalPhase phase) {
        try {
            return trace.begin(phase);
        } catch (Throwable e) {
            failed("noting a phase", e);
            return null;
        }
    }

    private void end(TimelineRecorder.PhaseSpan phase) {
        if (phase != null) {
            quietly("noting a phase", phase::end);
        }
    }

    /** For what else a removal runs. */
    void guarded(String what, DriverAction step) {
        Throwable failed = null;
        try {
            step.run();
        } catch (Throwable e) {
            failed = e;
        }
        failed(what, failed);
    }

    /** Whether this thread is at the end, whose own calls may sleep in another gate. */
    boolean isEndedHere() {
        return ender == Thread.currentThread();
    }

    // self-removal

    /** Where this thread is inside; null if it is not. */
    String inside() {
        CallRecord record = CallRecord.currentOrNull();
        Frame call = record == null ? null : (Frame) record.innermostIn(gate.ref());
        if (call != null) {
            return "inside its own " + call + (call.file == null ? "" : " on " + call.file);
        }
        return isAtIt(Thread.currentThread()) ? "inside this removal's own callbacks" : null;
    }

    /** Whether a thread takes the removal's steps now, and so calls its callbacks. */
    private boolean isAtIt(Thread thread) {
        return thread == beginner || thread == ender;
    }

    /**
     * Why a thread cannot be left out of what a removal waits for, whatever calls it has; null if
     * it can.
     *
     * @param thread this one, or one that waits for it; null if it has died
     */
    String neededInside(Thread thread) {
        if (thread != null) {
            if (isAtIt(thread)) {
                return "inside this removal's own callbacks";
            }
            if (gate.files().isInNeededDestructor(thread)) {
                return "inside a destructor";
            }
        }
        return null;
    }
}
