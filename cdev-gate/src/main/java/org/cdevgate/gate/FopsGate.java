package org.cdevgate.gate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.accounting.CallScan;
import org.cdevgate.gate.accounting.GateRef;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.cdevgate.gate.diagnostics.internal.FlightEvents;
import org.cdevgate.gate.removal.RemovalProfile;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.sides.CallerSide;
import org.cdevgate.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * The only way to a driver's verbs, from registration to removal. One gate is one lifetime of one
 * device: a device that is plugged in again gets a new gate, and files opened through the old one
 * stay dead.
 *
 * <p><b>The promise.</b> When {@link #unregisterSync()} has returned, no code of the driver runs or
 * can start, its release, destructors and hooks included, and everything it wrote is visible to the
 * remover. The order is always: flag, name gone, sleepers woken, calls in flight drained, each open
 * file released, teardown callbacks.
 *
 * <pre>{@code
 * FopsGate gate = FopsGate.builder("ttyS0", driver).onTeardown(uart::powerOff).build();
 * mount.register(gate, node); // or whatever else brings calls to gate.front()
 * gate.unregisterSync(); // when it returns nothing of the driver runs any more
 * }</pre>
 *
 * <p>Why no call is missed by a removal is argued where calls are accounted, in package {@code
 * accounting}.
 *
 * <p>All methods may be called by any thread, virtual ones included, unless they say otherwise.
 */
@SuppressWarnings("Finally") // an Error that ends a call goes on, see CallFrame
public final class FopsGate implements Removable {
    /** In {@code state}: the flag. */
    private static final int REMOVING = 1;

    /** In {@code state}: calls may come and do all but sleep. The bits above are the level. */
    private static final int SLEEPLESS = 2;

    private static final int LEVEL_SHIFT = 2;
    private static final DiagnosticLevel[] LEVELS = DiagnosticLevel.values();

    /** The state in which a call needs no second thought. */
    private static final int LIVE_AND_COUNTED = bits(DiagnosticLevel.COUNT);

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(FopsGate.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        FirstUses.prepare();
    }

    private final GateRef ref = new GateRef(this);
    private final long free = ref.free;
    private final long inFlight = ref.inFlight;
    private final Removal removal;
    private final CancelCallbacks cancels = new CancelCallbacks(this);
    private final HoldTable holds = new HoldTable(this);
    private final GateQueues queues = new GateQueues(this);
    private final GateChildren children = new GateChildren(this);
    private final String name;
    private final @Nullable FopsGate parent;
    private final long slowDrainNanos;
    private final RemovalAnswers answers;
    private final OpenFiles files;
    private final Blocking blocking;
    private final Front front;

    private volatile int state;

    FopsGate(GateBuilder builder) {
        name = builder.name;
        Faults faults = new Faults(name);
        answers = new RemovalAnswers(builder.profile);
        files = new OpenFiles(this, builder.driver, faults, builder.lateRelease);
        blocking = new Blocking(this, faults, answers);
        Verbs verbs = new Verbs(this, builder, faults, answers, files, blocking);
        front = new Front(this, verbs, builder.sleepingWrites);
        removal = new Removal(this, builder.wakeHook, builder.teardowns);
        parent = builder.parent;
        slowDrainNanos = builder.slowDrainNanos;
        state = bits(builder.level);
        FlightEvents.register();
    }

    /**
     * A gate for a stream device without hooks.
     *
     * @param name of the device, for reports
     * @param driver whose verbs it guards
     */
    public static FopsGate of(String name, FileOperations driver) {
        return builder(name, driver).build();
    }

    /**
     * Begins a gate with more than a name and a driver: hooks, a size, a profile, a parent.
     *
     * @param name of the device, for reports
     * @param driver whose verbs it guards
     */
    public static GateBuilder builder(String name, FileOperations driver) {
        return new GateBuilder(name, driver);
    }

    /** The device's name. */
    public String name() {
        return name;
    }

    /** What callers see of the removal. */
    public RemovalProfile removalProfile() {
        return answers.profile;
    }

    /** Where calls of a front come in: its verbs. */
    public Front front() {
        return front;
    }

    // enter and exit

    /**
     * Enters the gate by hand, for code that is not a file operation. It counts as a call in flight
     * until {@link #exit} is called with the ticket, on this thread.
     *
     * <p>As with the locks of java.util.concurrent, what happens between is in the caller's hands:
     * {@code enter} either returns or leaves nothing behind, whatever it throws; but an Error
     * between its return and {@code try}, or out of {@code exit} at the end of the stack, leaves
     * the call in flight, and every removal waits for it. {@link #tryRun} has no such gap.
     *
     * @return the ticket, not 0
     * @throws ErrnoException ENODEV once the removal has begun, nested in another call or not
     */
    public long enter() throws ErrnoException {
        CallFrame call = CallRecords.currentFrame();
        boolean ready = call.isReadyFor(free);
        if (!ready) {
            call = Frame.push(call.record, ref, Verb.ENTERED, null, null);
        }
        try {
            if (ready) {
                long published = call.publish();
                if (state == LIVE_AND_COUNTED) {
                    return call.ticket(published);
                }
            }
            if (admit((Frame) call)) {
                return call.ticket();
            }
        } catch (Throwable e) {
            call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
            throw e;
        }
        throw Errno.ENODEV.exception();
    }

    /**
     * Leaves the gate.
     *
     * @param ticket of {@link #enter}
     * @throws IllegalStateException if the ticket was exited already, entered by another thread or
     *     of another gate; the accounting is unchanged then
     * @throws StackOverflowError if there was no room; it may be called again where there is
     */
    public void exit(long ticket) {
        CallFrame outermost = CallRecords.currentFrameOrNull();
        if (outermost == null) {
            throw CallRecord.badTicket(ticket);
        }
        // A remover that waits has seen to it that this fails.
        if (!outermost.tryTakeBack(ticket, inFlight)) {
            end((Frame) outermost.record.find(ticket, ref));
        }
    }

    /**
     * {@link #enter()} and {@link #exit} for try-with-resources, see {@link Guard}.
     *
     * @throws ErrnoException ENODEV once the removal has begun
     */
    public Guard guard() throws ErrnoException {
        Frame call = begin(Verb.ENTERED, null, null);
        try {
            return call.guard(this);
        } catch (Throwable e) { // no memory for the first one
            call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
            throw e;
        }
    }

    /** Something that is done inside a gate. */
    @FunctionalInterface
    public interface Section<X extends Exception> {
        /** Does it. */
        void run() throws X;
    }

    /**
     * Runs something inside the gate, on this thread: {@link #enter()}, it, {@link #exit}. The exit
     * is certain, whatever comes: out of memory, or at the end of the stack.
     *
     * @return false if the removal has begun; nothing was run then
     * @throws X what it throws
     */
    public <X extends Exception> boolean tryRun(Section<X> section) throws X {
        Objects.requireNonNull(section, "section");
        Frame call = tryBegin(Verb.ENTERED, null, null);
        if (call == null) {
            return false;
        }
        try {
            section.run();
            return true;
        } finally {
            try {
                end(call);
            } catch (Throwable e) {
                call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
        }
    }

    /** Publishes a call; null once the flag is set. */
    @Nullable Frame tryBegin(Verb verb, @Nullable OpenFile file, @Nullable CallerSide caller) {
        // Looking before publishing keeps refused callers from being seen by the drain at all.
        if ((state & REMOVING) != 0) {
            countRefused(verb);
            return null;
        }
        Frame call = Frame.push(CallRecords.current(), ref, verb, file, caller);
        try {
            return admit(call) ? call : null;
        } catch (Throwable e) {
            call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
            throw e;
        }
    }

    /** The look at the flag after a call was published: false if it was refused and taken back. */
    private boolean admit(Frame call) {
        int seen = state;
        if ((seen & REMOVING) != 0) {
            Verb verb = call.verb();
            call.uncount();
            call.clearExtras();
            call.record.pop(call);
            countRefused(verb); // may need memory, so the call is back before
            removal.wakeWaiters();
            return false;
        }
        DiagnosticLevel level = LEVELS[seen >> LEVEL_SHIFT];
        if (level.countsCalls()) {
            call.countVerb();
        } else {
            call.uncount();
        }
        if (level.stampsCalls()) {
            call.stamp(System.nanoTime());
            if (level.recordsEveryCall() || call.isSample()) {
                call.trace(FlightEvents.callOrNull());
            }
        }
        return true;
    }

    /** A close is not refused: the removal releases the file, or has. */
    private void countRefused(Verb verb) {
        if (verb != Verb.RELEASE) {
            ref.countRefused();
        }
    }

    /** {@link #tryBegin}, or ENODEV. */
    Frame begin(Verb verb, @Nullable OpenFile file, @Nullable CallerSide caller)
            throws ErrnoException {
        Frame call = tryBegin(verb, file, caller);
        if (call == null) {
            throw Errno.ENODEV.exception();
        }
        return call;
    }

    /**
     * Takes a call back. An Error may come out of it; who calls it then does what {@link CallFrame}
     * tells.
     */
    void end(Frame call) {
        long ticket = call.ticket();
        try {
            if (call.hasExtras()) {
                endExtras(call);
            }
        } finally {
            call.record.pop(call);
        }
        if ((state & REMOVING) != 0) {
            removal.callEnded(ticket);
        }
    }

    private void endExtras(Frame call) {
        if (call.has(CallFrame.CANCELS)) {
            call.endCancels(this);
        }
        call.clearExtras();
        call.endTrace(name());
    }

    /**
     * Takes a hold of the device for work that no call of this thread covers: a timer, a request
     * that completes elsewhere. Removals wait until it is released.
     *
     * @param tag what for, for reports; not empty
     * @throws ErrnoException ENODEV once the removal has begun
     */
    public Hold hold(String tag) throws ErrnoException {
        return holds.take(tag, null, diagnostics().keepsHoldStacks());
    }

    /**
     * {@link #hold(String)} with something to do when the removal begins and the hold is not
     * released yet: stop the transfer, void the timer, so that whoever has the hold releases it
     * soon. It runs on a thread of its own, one after another as those of {@link Call#onCancel} do,
     * counts as in flight while it runs, and may release the hold. What it throws is logged.
     *
     * <p>It does not begin once a release has returned, except for one that was just beginning; a
     * release does not wait for it, the removal does. So it may touch what lives as long as the
     * device, and what else it touches must bear that the work has ended.
     *
     * @param tag what for, for reports; not empty
     * @param onCancel should not refer to the hold, which then is not found if it gets lost
     * @throws ErrnoException ENODEV once the removal has begun; it does not run then
     */
    public Hold hold(String tag, DriverAction onCancel) throws ErrnoException {
        Objects.requireNonNull(tag, "tag");
        Objects.requireNonNull(onCancel, "onCancel");
        return holds.take(tag, onCancel, diagnostics().keepsHoldStacks());
    }

    GateQueues queues() {
        return queues;
    }

    GateChildren children() {
        return children;
    }

    /** Null if there is none. */
    @Nullable FopsGate parent() {
        return parent;
    }

    GateRef ref() {
        return ref;
    }

    Removal removal() {
        return removal;
    }

    CancelCallbacks cancels() {
        return cancels;
    }

    OpenFiles files() {
        return files;
    }

    RemovalAnswers answers() {
        return answers;
    }

    Blocking blocking() {
        return blocking;
    }

    long wakeClock() {
        return queues.wakeClock();
    }

    HoldTable holds() {
        return holds;
    }

    long slowDrainNanos() {
        return slowDrainNanos;
    }

    /** How long a removal may wait before it logs what for, see {@link GateBuilder#slowDrain}. */
    public Duration slowDrain() {
        return Duration.ofNanos(slowDrainNanos);
    }

    /** {@link OpenFile#unmapMappingRange} for each open file. */
    public void unmapMappingRange(long offset, long length) {
        files.unmapMappingRange(offset, length);
    }

    void checkOwn(OpenFile file) {
        if (Objects.requireNonNull(file, "file").gate() != this) {
            throw new IllegalArgumentException(
                    file + " was not opened through the gate of " + name + "; a file has one gate");
        }
    }

    // removal

    /** This one. */
    @Override
    public List<FopsGate> gates() {
        return List.of(this);
    }

    /**
     * {@link #unregisterSync(SelfRemoval)} on behalf of a call of another thread, which waits for
     * this one: its ticket makes its thread count as inside.
     *
     * <p>With {@link SelfRemoval#LEAVE_OUT} those calls are left out that the thread had in flight
     * together with the ticket's, when both were looked at.
     *
     * @param ticket of {@link #enter} or {@link Call#ticketOfCall}, of this gate or of a child; one
     *     whose call has ended makes no difference
     */
    public boolean unregisterSync(SelfRemoval choice, long ticket) {
        return Removals.unregister(this, Objects.requireNonNull(choice, "choice"), ticket);
    }

    @SuppressWarnings("EnumOrdinal") // only ever turned back by LEVELS
    private static int bits(DiagnosticLevel level) {
        return level.ordinal() << LEVEL_SHIFT;
    }

    /**
     * Lets no call of this gate sleep any more, while calls are admitted as before: each sleep of
     * one that is inside, also nested in another gate, ends with ENODEV now, as at the removal, and
     * its {@link Call#onCancel} callbacks run; who goes to sleep later gets ENODEV at once. A
     * request that sleeps without a thread is not inside, and sleeps on until the removal.
     *
     * <p>For what has to run to its end before the removal can begin, such as work that is queued,
     * and must not wait there for something that will never come. The removal itself does the same.
     */
    public void endSleeps() {
        StackRoom.requireToLink(); // every removal needs what is linked on the way
        STATE.getAndBitwiseOr(this, SLEEPLESS);
        wakeCalls();
    }

    /** Whether its calls may not sleep any more; never gets false again. */
    boolean isSleepless() {
        return (state & (REMOVING | SLEEPLESS)) != 0;
    }

    /** Ends the sleeps of the calls inside, after {@link #isSleepless()} has become true. */
    void wakeCalls() {
        List<CancelCallback> nested = new ArrayList<>(0);
        CallScan.wakeInside(ref, inside -> Frame.addCallbacks(inside, nested, ref));
        cancels.fireAll(nested);
    }

    /** Sets the flag. */
    void setFlag() {
        STATE.getAndBitwiseOr(this, REMOVING);
    }

    /** Something that a remover may wait for has happened. */
    void wakeRemovers() {
        if (isRemoving()) {
            removal.wakeWaiters();
        }
    }

    /** Whether the removal has begun; never gets false again. */
    public boolean isRemoving() {
        return (state & REMOVING) != 0;
    }

    @Override
    public boolean isRemoved() {
        return removal.isFinished();
    }

    // looking

    /** The files that are opened or being opened and not released yet; a snapshot. */
    public Collection<OpenFile> openFiles() {
        return files.all();
    }

    /** How much is recorded of calls; see {@link DiagnosticLevel}. */
    public DiagnosticLevel diagnostics() {
        return LEVELS[state >> LEVEL_SHIFT];
    }

    /** Changes how much is recorded of calls, from the next call on; at any time. */
    public void diagnostics(DiagnosticLevel level) {
        int bits = bits(Objects.requireNonNull(level, "level"));
        for (int seen = state;
                !STATE.compareAndSet(this, seen, bits | (seen & (REMOVING | SLEEPLESS))); ) {
            seen = state;
        }
    }

    /** What was counted since the gate was made; a snapshot. */
    public GateCounters counters() {
        return GateCounters.of(this, ref.refused());
    }

    /**
     * The calls in flight, the holds, and the requests that sleep without a thread; a snapshot
     * without stacks.
     */
    public List<CallInFlight> callsInFlight() {
        List<CallInFlight> calls = removal.awaited();
        for (GateWaiters each : queues.all()) {
            each.forEachRun(run -> calls.add(Snapshots.threadless(this, run)));
        }
        return calls;
    }

    @Override
    public String toString() {
        return "gate of "
                + name()
                + (isRemoved() ? " (removed)" : isRemoving() ? " (removing)" : "");
    }
}
