package org.cdevgate.gate;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.cdevgate.abi.ErrnoException;

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
 * <p><b>Callers</b> open a file with {@link #open(int, Caller)} and use it through the verbs here,
 * which answer as the kernel would: {@link ErrnoException} with ENODEV once the removal has begun
 * (poll: POLLERR|POLLHUP). A front closes a file after the last call on it has returned.
 *
 * <p><b>Why it is correct</b> (Java memory model). Each thread publishes its call in a frame of its
 * own {@link CallRecord}:
 *
 * <pre>
 *   enter:  frame.gate = this (volatile)        remove:  removing = true (volatile)
 *           if (removing) (volatile)                     for each frame of each record:
 *               frame.gate = null; refuse                    wait until frame.gate != this (volatile)
 *   exit:   frame.gate = null (release)
 * </pre>
 *
 * <p>The four volatile accesses are synchronization actions and so in one total order. If enter's
 * read of the flag comes before the remover's write of it, then enter's write of the frame, earlier
 * in its thread, comes before the remover's read of the frame, later in its thread: the remover
 * sees that call or a later value of the frame. If it comes after, enter is refused. A record or
 * frame that is new is linked by a volatile write before the call is published in it, so the same
 * argument covers the walk over the list. The remover goes on when it reads a value other than this
 * gate; that value was written by exit's release store or, later in the same thread, by a volatile
 * store, so everything the call did happens-before what the remover does next.
 *
 * <p>Exit has no fence after its store, so it may miss a remover that has just begun to wait; the
 * remover therefore looks again by itself ({@link Drain}).
 *
 * <p>All methods may be called by any thread, virtual ones included, unless they say otherwise.
 */
public final class FopsGate extends GatedVerbs {
    private final Removal removal;

    private volatile boolean removing;

    private final AtomicLong wakeClock = new AtomicLong();

    // Guarded by itself; no entry is added once the flag is set. Weak, because a driver may make a
    // queue for each open file: its part of a queue lives as long as the queue, a sleeper or a
    // watcher refers to it, and without those there is nobody to wake.
    private final Set<WeakReference<GateWaiters>> waiters = new HashSet<>();
    private final ReferenceQueue<GateWaiters> forgotten = new ReferenceQueue<>();

    private FopsGate(Builder builder) {
        super(builder.name, builder.driver, builder.size);
        removal = new Removal(this, builder.wakeHook, builder.teardowns);
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

    /** A gate with choices. */
    public static Builder builder(String name, FileOperations driver) {
        return new Builder(name, driver);
    }

    /** Collects what a gate is made of. For one thread. */
    public static final class Builder {
        private final String name;
        private final FileOperations driver;
        private final List<DriverAction> teardowns = new ArrayList<>();
        private DriverAction wakeHook;
        private LongSupplier size;

        private Builder(String name, FileOperations driver) {
            this.name = Objects.requireNonNull(name, "the device's name");
            this.driver = Objects.requireNonNull(driver, "the driver");
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a device needs a name");
            }
        }

        /**
         * A hook that wakes calls which sleep in the driver's own way (not on a {@link WaitQueue}).
         * Called on a thread of its own after the flag is set, with no lock of the gate's held, and
         * again with back-off until the drain ends. The teardown starts only when it has returned.
         */
        public Builder wakeHook(DriverAction hook) {
            wakeHook = Objects.requireNonNull(hook, "the wake hook");
            return this;
        }

        /**
         * Something to run when nothing of the driver runs any more: free, stop, power off. Runs on
         * the remover; several run in reverse order of registration, and one that throws is logged
         * and does not stop the others.
         */
        public Builder onTeardown(DriverAction teardown) {
            teardowns.add(Objects.requireNonNull(teardown, "the teardown"));
            return this;
        }

        /**
         * Makes the device seekable: positions count, and it has a size. Without this it is a
         * stream, whose position is always 0.
         *
         * @param bytes the current size, 0 or more; called under the gate, must not block
         */
        public Builder seekable(LongSupplier bytes) {
            size = Objects.requireNonNull(bytes, "the size of a seekable device");
            return this;
        }

        /** The gate, open for calls. */
        public FopsGate build() {
            return new FopsGate(this);
        }
    }

    // enter and exit

    /**
     * Enters the gate by hand, for code that is not a file operation. It counts as a call in flight
     * until {@link #exit} is called with the ticket, on this thread.
     *
     * @return the ticket, not 0
     * @throws ErrnoException ENODEV once the removal has begun, nested in another call or not
     */
    public long enter() throws ErrnoException {
        return begin(Verb.ENTERED, null, null).ticket;
    }

    /**
     * Leaves the gate.
     *
     * @param ticket of {@link #enter}
     * @throws IllegalStateException if the ticket was exited already, entered by another thread or
     *     of another gate; the accounting is unchanged then
     */
    public void exit(long ticket) {
        CallRecord record = CallRecord.currentOrNull();
        if (record == null) {
            throw CallRecord.badTicket(ticket);
        }
        record.pop(ticket, this);
        if (removing) {
            removal.wakeWaiters();
        }
    }

    @Override
    Call tryBegin(Verb verb, OpenFile file, Caller caller) {
        // Looking before publishing keeps refused callers from being seen by the drain at all.
        if (removing) {
            return null;
        }
        CallRecord record = CallRecord.current();
        Call call = record.push(this, verb, file, caller);
        if (removing) {
            record.pop(call);
            return null;
        }
        call.since = wakeClock.get();
        return call;
    }

    @Override
    void end(Call call) {
        call.record.pop(call);
        if (removing) {
            removal.wakeWaiters();
        }
    }

    boolean addWaiters(GateWaiters made) {
        synchronized (waiters) {
            if (removing) {
                return false;
            }
            for (Object gone; (gone = forgotten.poll()) != null; ) {
                waiters.remove(gone);
            }
            waiters.add(new WeakReference<>(made, forgotten));
            return true;
        }
    }

    /** All queues' parts of this gate; after the flag is set no more are added. */
    List<GateWaiters> waiters() {
        List<GateWaiters> all = new ArrayList<>();
        synchronized (waiters) {
            for (WeakReference<GateWaiters> each : waiters) {
                GateWaiters alive = each.get();
                if (alive != null) {
                    all.add(alive);
                }
            }
        }
        return all;
    }

    long advanceWakeClock() {
        return wakeClock.incrementAndGet();
    }

    // removal

    /**
     * Removes the device: flags it, wakes its sleepers, waits for the calls in flight, releases
     * each open file and runs the teardown. Whoever calls it, however often, returns only when the
     * teardown has finished. Cannot be interrupted; an interrupt that comes meanwhile stays set.
     *
     * @return true for the one caller whose thread did the teardown
     * @throws SelfRemovalException if this thread is inside the gate; nothing was done
     */
    public boolean unregisterSync() {
        removal.checkNotInside("unregisterSync()");
        removal.begin();
        return removal.await(Long.MAX_VALUE) == Removal.Result.DONE_HERE;
    }

    /**
     * The first half of a removal, for drivers that stop hardware before they wait: sets the flag,
     * takes the name away and wakes the sleepers. Does not wait, so it may be called inside a call.
     *
     * @return true for the one caller that began it
     */
    public boolean beginRemoval() {
        return removal.begin();
    }

    /**
     * The second half: waits for the calls in flight and finishes the removal, as {@link
     * #unregisterSync()} does.
     *
     * @return true for the one caller whose thread did the teardown
     * @throws IllegalStateException if no removal was begun
     * @throws SelfRemovalException if this thread is inside the gate
     */
    public boolean awaitRemoval() {
        removal.checkNotInside("awaitRemoval()");
        return removal.await(Long.MAX_VALUE) == Removal.Result.DONE_HERE;
    }

    /**
     * {@link #awaitRemoval()} for a limited time, or until this thread is interrupted. If it ends
     * so the gate stays flagged, nothing is torn down, and the wait can be taken up again; an
     * interrupt stays set. The limit is for the calls in flight; release and teardown, once begun
     * here, run to their end.
     *
     * @param timeout 0 or less looks once
     * @throws IllegalStateException if no removal was begun
     * @throws SelfRemovalException if this thread is inside the gate
     */
    public RemovalOutcome awaitRemoval(Duration timeout) {
        removal.checkNotInside("awaitRemoval(Duration)");
        long nanos;
        try {
            nanos = Math.max(0, timeout.toNanos());
        } catch (ArithmeticException e) {
            nanos = timeout.isNegative() ? 0 : Long.MAX_VALUE - 1; // 292 years
        }
        boolean removed = removal.await(nanos) != Removal.Result.ENDED_EARLY;
        return new RemovalOutcome(removed, removed ? List.of() : Drain.callsIn(this));
    }

    /**
     * Refuses to go on where waiting for this gate's removal would be waiting for oneself; for
     * those who remove several gates and want to know before the first.
     *
     * @param method that would wait, for the message
     * @throws SelfRemovalException if this thread is inside the gate
     */
    public void checkNotInside(String method) {
        removal.checkNotInside(method);
    }

    /** Sets the flag; true for the one that did. */
    synchronized boolean flag() {
        if (removing) {
            return false;
        }
        removing = true;
        return true;
    }

    void hookReturned() {
        removal.wakeWaiters();
    }

    @Override
    void awaitRunningRelease(OpenFile file) {
        removal.awaitRunningRelease(file);
    }

    @Override
    public boolean isRemoving() {
        return removing;
    }

    /** Whether the removal has finished, teardown included. */
    public boolean isRemoved() {
        return removal.isFinished();
    }

    /**
     * Makes a front part of the removal.
     *
     * @throws ErrnoException ENODEV once the removal has begun; the listener is not called then
     */
    public void addRemovalListener(RemovalListener listener) throws ErrnoException {
        removal.addListener(listener);
    }

    // looking

    /** The calls in flight and the requests that sleep without a thread; a snapshot. */
    public List<CallInFlight> callsInFlight() {
        List<CallInFlight> calls = Drain.callsIn(this);
        for (GateWaiters each : waiters()) {
            each.forEachRequest(request -> calls.add(CallInFlight.threadless(request)));
        }
        return calls;
    }

    @Override
    public String toString() {
        return "gate of " + name() + (isRemoved() ? " (removed)" : removing ? " (removing)" : "");
    }
}
