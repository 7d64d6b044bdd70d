package org.cdevgate.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.accounting.GateRef;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.internal.CallEvent;
import org.cdevgate.gate.sides.CallerSide;
import org.cdevgate.gate.sides.WatcherSide;
import org.cdevgate.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * What a call is about, beyond that it is in flight: the file and the caller of its verb, how it
 * sleeps, what its end has to look after. One per {@link CallFrame}, used again for each call in
 * it; a driver sees it as a {@link Call}.
 *
 * <p>Written by the thread of the calls. Others read {@code file} (of this call or a later one, see
 * {@link CallFrame}), the callbacks, and what it sleeps on.
 */
final class Frame extends CallFrame {
    /** So many nested calls are told of. */
    private static final int MOST_NESTED = 10;

    static {
        CallRecord.frames(Frame::new);
    }

    /** As the driver sees it. */
    final Call view = new Call(this);

    final ParkedSleep parked = new ParkedSleep(this);

    @Nullable OpenFile file; // of a verb
    @Nullable CallerSide caller;

    /** The gate's wake clock when this run of the verb began; 0, before all, if it did not look. */
    long since;

    /** When the time is over that an earlier run asked for, see {@link BlockedRun#deadline}. */
    long deadline;

    /** What runs of the verb leave each other, see {@link Call#progress()}. */
    int progress;

    /** See {@link Call#isFirstRun()}; clear between two calls. */
    boolean runAgain;

    /** Whether it has slept parked, for its event. */
    boolean slept;

    private @Nullable WaitQueue blockedOn;
    private boolean blockedExclusively;
    private @Nullable WatcherSide watcher;
    private @Nullable Guard guard; // made at the first use

    /** Read by removers; null unless CANCELS is set. */
    private volatile @Nullable CancelCallback cancels;

    /** Of the outermost frame: what its thread has left the gate with, to sleep; for reports. */
    private volatile @Nullable LocalRequest asleep;

    // Of a traced call.
    private @Nullable CallEvent event;
    private int answer;

    private Frame(CallRecord record, long ticketBits) {
        super(record, ticketBits);
    }

    // the thread's frames

    /** The calling thread's outermost frame; if it has no record it gets a new or unused one. */
    static Frame current() {
        return (Frame) CallRecords.currentFrame();
    }

    /** The calling thread's outermost frame, or null if it has no call in flight and had none. */
    static @Nullable Frame currentOrNull() {
        return (Frame) CallRecords.currentFrameOrNull();
    }

    /** The outermost frame of a record. */
    static Frame outermost(CallRecord record) {
        return (Frame) record.outermost();
    }

    /** The next frame of the same thread if there is one. */
    @Nullable Frame inside() {
        return (Frame) innerOrNull();
    }

    /**
     * Publishes a call of this thread, in its record; who calls it then looks at the gate's flag
     * and takes the call back if it is set.
     */
    static Frame push(
            CallRecord record,
            GateRef gate,
            Verb verb,
            @Nullable OpenFile file,
            @Nullable CallerSide caller) {
        Frame frame = (Frame) record.freeFrame();
        try {
            frame.file = file;
            frame.caller = caller;
            record.push(frame, gate, verb.index());
            return frame;
        } catch (Throwable e) { // what it is about may stand in it: the next call sees to that
            frame.published = (frame.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
            throw e;
        }
    }

    /** Publishes a call that no flag refuses: of a remover, a hook, a hold. */
    static Frame push(GateRef gate, Verb verb, @Nullable OpenFile file) {
        Frame frame = push(CallRecords.current(), gate, verb, file, null);
        try {
            frame.countVerb();
            return frame;
        } catch (Throwable e) {
            frame.published = (frame.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
            throw e;
        }
    }

    /** Tells the fronts of this thread's calls that it is about to park. */
    static void beforePark() {
        for (Frame each = currentOrNull(); each != null; each = each.inside()) {
            if (each.isInFlight() && each.caller != null) {
                each.caller.beforePark();
            }
        }
    }

    /**
     * Whether a removal waits for this call, so that its thread must not sleep; not for one that is
     * left out, nor on the thread of the remover, whose releases and teardowns may still use
     * others.
     */
    private boolean isSleepless() {
        FopsGate gate = gate();
        return gate != null && gate.isSleepless() && !isLeftOut() && !gate.removal().isEndedHere();
    }

    /**
     * Whether this thread must not sleep, in whatever gate: a removal waits for one of its calls.
     * The outer calls count, and so do those inside the one that is to sleep, such as the use of a
     * resource. Asked of any frame of the thread.
     */
    boolean isThreadSleepless() {
        for (Frame each = outermost(record); each != null; each = each.inside()) {
            if (each.isSleepless()) {
                return true;
            }
        }
        return false;
    }

    /** The calls for which this thread must not sleep have been told, by ENODEV. */
    void tellSleepless() {
        for (Frame each = outermost(record); each != null; each = each.inside()) {
            if (each.isSleepless()) {
                each.add(CallFrame.TOLD);
            }
        }
    }

    // this call, on its thread

    /** The gate of the call in flight; the caller of its verb keeps it reachable meanwhile. */
    @Nullable FopsGate gate() {
        return (FopsGate) gateEntered();
    }

    /** The gate of the call in flight, if this is its thread. */
    FopsGate current(String method) {
        FopsGate entered = gate();
        if (entered == null || !record.isOwnedByCurrentThread()) {
            throw isOver(method);
        }
        return entered;
    }

    static IllegalStateException isOver(String method) {
        return new IllegalStateException(
                "Call."
                        + method
                        + " after the verb returned or on another thread; a Call is valid only"
                        + " inside its verb, on its thread");
    }

    Verb verb() {
        return verbInFlight();
    }

    boolean isNonBlocking() {
        return file != null && caller != null && caller.isNonBlocking(file.flags());
    }

    /** The bytes that this request's write has taken. */
    int moved() {
        return verb() == Verb.WRITE ? progress : 0;
    }

    // sleeping without a thread

    /** See {@link Call#wouldBlock(WaitQueue)}. An earlier limit does not count. */
    int wouldBlock(WaitQueue queue, boolean exclusive) {
        int result = sleepOn(queue, exclusive);
        deadline = BlockedRun.NONE;
        return result;
    }

    /** For a limited time; what is left of an earlier limit counts. */
    int wouldBlock(WaitQueue queue, boolean exclusive, long timeout, TimeUnit unit) {
        int result = sleepOn(queue, exclusive);
        if (deadline == BlockedRun.NONE || BlockedRun.left(deadline) <= 0) {
            deadline = BlockedRun.deadlineAfter(timeout, unit);
        }
        return result;
    }

    private int sleepOn(WaitQueue queue, boolean exclusive) {
        current("wouldBlock");
        if (!verb().mayBlock()) {
            throw new IllegalStateException(
                    verb() + " cannot sleep without a thread; use Call.await or answer at once");
        }
        blockedOn = queue;
        blockedExclusively = exclusive;
        return Call.WOULD_BLOCK;
    }

    /** What this run leaves after {@link #wouldBlock}; null if that was not called. */
    @Nullable BlockedRun blockedRun() {
        return blockedOn == null || file == null
                ? null
                : new BlockedRun(
                        file, verb(), blockedOn, since, blockedExclusively, deadline, progress);
    }

    /** The call ends: the next one in this frame has its own times and queue. */
    private void forgetSleep() {
        since = 0;
        deadline = BlockedRun.NONE;
        progress = 0;
        runAgain = false;
        blockedOn = null;
    }

    private boolean isSleepForgotten() {
        return since == 0
                && deadline == BlockedRun.NONE
                && progress == 0
                && !runAgain
                && blockedOn == null
                && parked.waitingOn() == null;
    }

    // polls, guards

    @Nullable WatcherSide watcher() {
        return watcher;
    }

    void watcher(@Nullable WatcherSide newWatcher) {
        watcher = newWatcher;
    }

    /** For the call that is in flight here, entered by hand. */
    Guard guard(FopsGate entered) {
        if (guard == null) {
            guard = new Guard(this);
        }
        return guard.of(entered);
    }

    // cancellation

    /** See {@link Call#onCancel}. */
    void onCancel(DriverAction callback) {
        FopsGate entered = current("onCancel");
        StackRoom.require(); // the end of the call, in a frame of less depth, has it then too
        CancelCallback added = new CancelCallback(entered, this, callback, cancels);
        add(CANCELS); // before it is known elsewhere: the end of the call looks after it
        cancels = added;
        if (!entered.cancels().add(added)) {
            cancels = added.previous;
            added.fire();
        } else if (isThreadSleepless()) { // looked at after it is known, see CallScan
            added.fire();
        }
    }

    /** The call ends: its callbacks do not run any more, or have run, when this returns. */
    void endCancels(FopsGate entered) {
        for (CancelCallback each = cancels; each != null; each = each.previous) {
            each.callEnds();
            entered.cancels().remove(each);
        }
        cancels = null;
    }

    // tracing

    /** The call becomes an event, if that is not null. */
    void trace(@Nullable CallEvent started) {
        if (started != null) {
            event = started;
            answer = 0;
            slept = false;
            add(TRACED);
        }
    }

    /** What the caller gets, for the event: 0 for a result. */
    void answered(int errno) {
        answer = errno;
    }

    /** The call ends. */
    void endTrace(String device) {
        CallEvent started = event;
        if (started != null) {
            event = null;
            int pid = caller == null ? -1 : caller.pid();
            started.ended(device, verb().toString(), pid, answer, slept || blockedOn != null);
        }
    }

    // between two calls

    @Override
    protected void forget() {
        if (file != null) { // only a verb has more, for nobody else is given the Call
            parked.leaveQueue(); // a sleep that an Error has cut short
            forgetSleep();
            watcher = null;
            file = null;
            caller = null;
        }
    }

    @Override
    public @Nullable String leftBehind() {
        String extras = extrasLeftBehind();
        if (extras != null) {
            return extras;
        }
        return file == null
                        && caller == null
                        && watcher == null
                        && cancels == null
                        && event == null
                        && isSleepForgotten()
                ? null
                : "a free frame has a file, a watcher, a callback, an event or a sleep of its last"
                        + " call";
    }

    @Override
    protected void recover() {
        parked.leaveQueue();
        forgetSleep();
        watcher = null;
        event = null;
        if (cancels != null) {
            for (CancelCallback each = cancels; each != null; each = each.previous) {
                each.abandon();
            }
            cancels = null;
        }
        clearExtras();
    }

    // any thread, for reports and removers

    /** Notes what its thread sleeps on outside the gate; null when it is awake again. */
    void asleep(@Nullable LocalRequest request) {
        asleep = request;
    }

    /** The run after which an outermost frame's thread sleeps outside the gate, or null. */
    private static @Nullable BlockedRun asleepAfter(Frame outermost) {
        LocalRequest request = outermost.asleep;
        return request == null ? null : BlockedRun.lastOf(request);
    }

    /** The queue that the record's owner sleeps on, in whichever of its calls, or null. */
    static @Nullable WaitQueue waitingOn(CallRecord record) {
        Frame outermost = outermost(record);
        BlockedRun run = asleepAfter(outermost);
        WaitQueue queue = run == null ? null : run.queue();
        for (Frame each = outermost; each != null && queue == null; each = each.inside()) {
            queue = each.parked.waitingOn();
        }
        return queue;
    }

    /** The owner's calls inside this one, for people; the first ones if they are many. */
    List<String> nested() {
        List<String> nested = new ArrayList<>(0);
        for (Frame each = inside(); each != null; each = each.inside()) {
            FopsGate gate = (FopsGate) each.gateInFlight();
            if (nested.size() == MOST_NESTED) {
                nested.add("more");
                return nested;
            }
            if (gate != null) {
                nested.add(each.verbInFlight() + " of " + gate.name());
            }
        }
        BlockedRun run = asleepAfter(outermost(record));
        if (run != null) {
            nested.add(run.verb() + " of " + run.file().gate().name());
        }
        return nested;
    }

    /** Adds what the owner's calls of other gates have registered while it is inside this one. */
    static void addCallbacks(CallRecord record, List<CancelCallback> callbacks, GateRef gate) {
        for (Frame each = outermost(record); each != null; each = each.inside()) {
            CancelCallback registered = each.cancels;
            // Inside still, or again: not of a call that began after the one in the gate.
            if (registered != null && !gate.isIn(each.published()) && record.isInside(gate)) {
                for (CancelCallback callback = registered;
                        callback != null;
                        callback = callback.previous) {
                    callbacks.add(callback);
                }
            }
        }
    }

    @Override
    public String toString() {
        return verb() + " call";
    }
}
