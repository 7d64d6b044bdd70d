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
import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.accounting.CallScan;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.internal.FlightEvents;
import org.cdevgate.gate.diagnostics.internal.TimelineRecorder;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.removal.RemovalReport;
import org.cdevgate.internal.LazySet;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.StackRoom;
import org.cdevgate.internal.Texts;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The removal of one gate's device, in steps; {@link RemovalRun} takes them, for one gate or for
 * several at once.
 *
 * <pre>
 *   LIVE ──flag()──▶ FLAGGED ──takeNameAway(), wake()──▶ WOKEN ──isDrained──▶
 *   claimed by one waiter ──Teardown: files released, listeners, teardowns──▶ FINISHED
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
    private static final VarHandle REPORTING;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            BEGINNER = lookup.findVarHandle(Removal.class, "beginner", Thread.class);
            REPORTING = lookup.findVarHandle(Removal.class, "reporting", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final FopsGate gate;
    private final @Nullable WakeHookRunner hook;
    private final RemovalLog log;
    private final Teardown teardown;

    // Guarded by this; no entry is added once the flag is set.
    private List<RemovalListener> listeners = List.of();

    /** Who is unparked when something changes. One that is just added may be missed: see Drain. */
    private final LazySet<Thread> waiting = new LazySet<>();

    @SuppressWarnings("unused") // through REPORTING
    private volatile boolean reporting;

    private volatile long flaggedAt;
    private volatile TimelineRecorder.@Nullable PhaseSpan drain;
    private volatile boolean woken;

    /**
     * Who is at the beginning, until the sleepers of all gates that are removed together have been
     * woken: what that calls on this thread must not wait for any of them.
     */
    volatile @Nullable Thread beginner;

    // By the beginner.
    private int toldOfFlag; // listeners
    private boolean nameGone;

    Removal(FopsGate gate, @Nullable DriverAction wakeHook, List<DriverAction> teardowns) {
        this.gate = gate;
        this.hook = wakeHook == null ? null : new WakeHookRunner(gate, wakeHook);
        this.log = new RemovalLog(gate);
        this.teardown = new Teardown(gate, this, log, teardowns);
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
            log.begun(begun);
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
            log.note("noting the calls in flight", RemovalTrace::flagged);
        }
        TimelineRecorder.PhaseSpan phase = log.begin(RemovalPhase.NAME_GONE);
        while (toldOfFlag < listeners.size()) {
            RemovalListener listener = listeners.get(toldOfFlag);
            Throwable failed = null;
            try {
                listener.onFlagged();
            } catch (Throwable e) {
                failed = e;
            }
            toldOfFlag++;
            log.failed("a removal listener", failed);
        }
        nameGone = true;
        log.end(phase);
    }

    /** After {@link #takeNameAway()}; does nothing where that did nothing. */
    void wake() {
        if (beginner != Thread.currentThread()) {
            return;
        }
        try {
            StackRoom.requireToLink();
            tellFlagged(); // if an Error kept this thread from it
            TimelineRecorder.PhaseSpan phase = log.begin(RemovalPhase.WAKE);
            for (GateWaiters waiters : gate.queues().all()) {
                waiters.removeAll();
            }
            gate.wakeCalls();
            if (hook != null) {
                hook.start();
            }
            log.end(phase);
            drain = log.begin(RemovalPhase.DRAIN);
            log.note("noting the calls that have ended", RemovalTrace::woken);
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
        RemovalTrace begun = log.trace();
        if (begun != null) {
            begun.callEnded(ticket);
        }
        wakeWaiters();
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
        Supplier<@Nullable CallRecord> hookRecord = hook == null ? () -> null : hook::record;
        return isFinished()
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
            log.mark("slow drain", what);
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

    /** The rest, when all is drained. */
    Teardown teardown() {
        return teardown;
    }

    boolean isFinished() {
        return teardown.isFinished();
    }

    /** Whether this thread is at the end, whose own calls may sleep in another gate. */
    boolean isEndedHere() {
        return teardown.isDoneBy(Thread.currentThread());
    }

    RemovalLog log() {
        return log;
    }

    /** What is told of each step; no more come once the flag is set. */
    List<RemovalListener> listeners() {
        return listeners;
    }

    /** The phase of the drain; null if it could not be noted. */
    TimelineRecorder.@Nullable PhaseSpan drainPhase() {
        return drain;
    }

    // self-removal

    /** Where this thread is inside; null if it is not. */
    @Nullable String inside() {
        CallRecord record = CallRecords.currentOrNull();
        Frame call = record == null ? null : (Frame) record.innermostIn(gate.ref());
        if (call != null) {
            return "inside its own " + call + (call.file == null ? "" : " on " + call.file);
        }
        return isAtIt(Thread.currentThread()) ? "inside this removal's own callbacks" : null;
    }

    /** Whether a thread takes the removal's steps now, and so calls its callbacks. */
    private boolean isAtIt(Thread thread) {
        return thread == beginner || teardown.isDoneBy(thread);
    }

    /**
     * Why a thread cannot be left out of what a removal waits for, whatever calls it has; null if
     * it can.
     *
     * @param thread this one, or one that waits for it; null if it has died
     */
    @Nullable String neededInside(@Nullable Thread thread) {
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
