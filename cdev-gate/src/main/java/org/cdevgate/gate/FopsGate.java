package org.cdevgate.gate;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;

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
public final class FopsGate {
    private final String name;
    private final FileOperations driver;
    private final LongSupplier size;
    private final Faults faults;
    private final Removal removal;

    private volatile boolean removing;

    private final AtomicLong wakeClock = new AtomicLong();
    private final Set<OpenFile> files = ConcurrentHashMap.newKeySet();

    // Guarded by itself; no entry is added once the flag is set.
    private final List<GateWaiters> waiters = new ArrayList<>();

    private FopsGate(Builder builder) {
        name = builder.name;
        driver = builder.driver;
        size = builder.size;
        faults = new Faults(name);
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
        private final List<Runnable> teardowns = new ArrayList<>();
        private Runnable wakeHook;
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
        public Builder wakeHook(Runnable hook) {
            wakeHook = Objects.requireNonNull(hook, "the wake hook");
            return this;
        }

        /**
         * Something to run when nothing of the driver runs any more: free, stop, power off. Runs on
         * the remover; several run in reverse order of registration, and one that throws is logged
         * and does not stop the others.
         */
        public Builder onTeardown(Runnable teardown) {
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

    /** The device's name. */
    public String name() {
        return name;
    }

    /** Whether positions count and the device has a size. */
    public boolean isSeekable() {
        return size != null;
    }

    /**
     * The size of the device in bytes; 0 for a stream.
     *
     * @throws ErrnoException ENODEV once the removal has begun; EIO if the driver's supplier fails
     */
    public long size() throws ErrnoException {
        if (size == null) {
            return 0;
        }
        Call call = begin(Verb.ENTERED, null, null);
        try {
            long bytes = size.getAsLong();
            if (bytes < 0) {
                throw faults.badResult("size", bytes, "0 or more");
            }
            return bytes;
        } catch (RuntimeException | Error e) {
            throw faults.answer(Verb.ENTERED, e, removing);
        } finally {
            end(call);
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

    private Call begin(Verb verb, OpenFile file, Caller caller) throws ErrnoException {
        Call call = tryBegin(verb, file, caller);
        if (call == null) {
            throw Errno.ENODEV.exception();
        }
        return call;
    }

    private Call tryBegin(Verb verb, OpenFile file, Caller caller) {
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

    private void end(Call call) {
        call.record.pop(call);
        if (removing) {
            removal.wakeWaiters();
        }
    }

    // open and close

    /**
     * Opens a file for a caller whose threads may park.
     *
     * @param flags of open(2), see {@link org.cdevgate.abi.OpenFlags}
     * @throws ErrnoException what the driver's open answers; ENODEV once the removal has begun
     */
    public OpenFile open(int flags, Caller caller) throws ErrnoException {
        if (caller.sleepsWithoutThread()) {
            throw new IllegalArgumentException(
                    "this caller sleeps without a thread: use newFile and open(OpenFile, Caller)");
        }
        OpenFile file = newFile(flags, caller);
        try {
            open(file, caller);
        } catch (ErrnoException e) {
            close(file);
            throw e;
        }
        return file;
    }

    /** A file that is not open yet, for {@link #open(OpenFile, Caller)}. */
    public OpenFile newFile(int flags, Caller caller) {
        return new OpenFile(this, flags, caller);
    }

    /**
     * Runs the driver's open for a new file. Whatever the outcome, the file is given back with
     * {@link #close}.
     *
     * @return 0, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int open(OpenFile file, Caller caller) throws ErrnoException {
        checkOwn(file);
        while (true) {
            WaitQueue queue;
            long since;
            Call call = begin(Verb.OPEN, file, caller);
            try {
                files.add(file);
                int result = driver.open(file, call);
                if (result == 0) {
                    file.markOpen();
                    return 0;
                }
                queue = blockedOn(call, result, 0);
                since = call.since;
            } catch (Throwable e) {
                throw faults.answer(Verb.OPEN, e, removing);
            } finally {
                end(call);
            }
            if (handBackOrSleep(queue, since, file, Verb.OPEN, caller)) {
                return Call.WOULD_BLOCK;
            }
        }
    }

    /**
     * Closes a file: after the last descriptor is gone and the last call on it has returned, or
     * when its open failed. Runs the driver's release and the destructor of private data unless
     * that was done; if another thread is at it, waits. During a removal that has not come to it
     * yet, leaves them to the remover and returns.
     */
    public void close(OpenFile file) {
        if (file.gate() != this) {
            throw wrongGate(file);
        }
        Call call = tryBegin(Verb.RELEASE, file, null);
        if (call != null) {
            try {
                finish(file);
            } finally {
                end(call);
            }
        }
        removal.awaitRunningRelease(file);
    }

    /** Releases a file unless that was or is being done. */
    void finish(OpenFile file) {
        OpenFile.Claim claim = file.claimRelease();
        if (claim == OpenFile.Claim.LOST) {
            return;
        }
        try {
            if (claim == OpenFile.Claim.RELEASE) {
                driver.release(file);
            }
        } catch (Throwable e) {
            faults.log("release", e);
        }
        try {
            file.runDestructor();
        } catch (Throwable e) {
            faults.log("the destructor of private data", e);
        }
        file.markReleased();
        files.remove(file);
    }

    // the other verbs

    /** close(2) of one descriptor; see {@link FileOperations#flush}. */
    public void flush(OpenFile file, Caller caller) throws ErrnoException {
        checkUsable(file);
        Call call = begin(Verb.FLUSH, file, caller);
        try {
            driver.flush(file, call);
        } catch (Throwable e) {
            throw faults.answer(Verb.FLUSH, e, removing);
        } finally {
            end(call);
        }
    }

    /**
     * read(2).
     *
     * @param dst from its position 0 to its limit
     * @param position bytes; ignored for a stream
     * @return bytes read, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int read(OpenFile file, ByteBuffer dst, long position, Caller caller)
            throws ErrnoException {
        checkUsable(file);
        int size = dst.limit();
        long at = isSeekable() ? position : 0;
        while (true) {
            WaitQueue queue;
            long since;
            Call call = begin(Verb.READ, file, caller);
            try {
                int result = driver.read(file, dst, at, call);
                if (result >= 0 && result <= size) {
                    moved(file, at, result);
                    return result;
                }
                queue = blockedOn(call, result, size);
                since = call.since;
            } catch (Throwable e) {
                throw faults.answer(Verb.READ, e, removing);
            } finally {
                end(call);
            }
            if (handBackOrSleep(queue, since, file, Verb.READ, caller)) {
                return Call.WOULD_BLOCK;
            }
            dst.clear().limit(size);
        }
    }

    /**
     * write(2).
     *
     * @param src from its position 0 to its limit
     * @param position bytes; ignored for a stream
     * @return bytes written, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int write(OpenFile file, ByteBuffer src, long position, Caller caller)
            throws ErrnoException {
        checkUsable(file);
        int size = src.limit();
        long at = isSeekable() ? position : 0;
        while (true) {
            WaitQueue queue;
            long since;
            Call call = begin(Verb.WRITE, file, caller);
            try {
                int result = driver.write(file, src, at, call);
                if (result >= 0 && result <= size) {
                    moved(file, at, result);
                    return result;
                }
                queue = blockedOn(call, result, size);
                since = call.since;
            } catch (Throwable e) {
                throw faults.answer(Verb.WRITE, e, removing);
            } finally {
                end(call);
            }
            if (handBackOrSleep(queue, since, file, Verb.WRITE, caller)) {
                return Call.WOULD_BLOCK;
            }
            src.clear().limit(size);
        }
    }

    /** lseek(2); returns the new position in bytes. */
    public long llseek(OpenFile file, long offset, int whence, Caller caller)
            throws ErrnoException {
        checkUsable(file);
        Call call = begin(Verb.LLSEEK, file, caller);
        try {
            long result = driver.llseek(file, offset, whence, call);
            if (result < 0) {
                throw faults.badResult("llseek", result, "a position, 0 or more");
            }
            file.position(result);
            return result;
        } catch (Throwable e) {
            throw faults.answer(Verb.LLSEEK, e, removing);
        } finally {
            end(call);
        }
    }

    /**
     * ioctl(2).
     *
     * @param data the argument's bytes, see {@link FileOperations#ioctl}
     * @return what ioctl(2) returns, or {@link Call#WOULD_BLOCK} if the caller sleeps without a
     *     thread
     */
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Caller caller)
            throws ErrnoException {
        checkUsable(file);
        int size = data.limit();
        while (true) {
            WaitQueue queue;
            long since;
            Call call = begin(Verb.IOCTL, file, caller);
            try {
                int result = driver.ioctl(file, command, argument, data, call);
                if (result >= 0) {
                    return result;
                }
                queue = blockedOn(call, result, Integer.MAX_VALUE);
                since = call.since;
            } catch (Throwable e) {
                throw faults.answer(Verb.IOCTL, e, removing);
            } finally {
                end(call);
            }
            if (handBackOrSleep(queue, since, file, Verb.IOCTL, caller)) {
                return Call.WOULD_BLOCK;
            }
            data.clear().limit(size);
        }
    }

    /**
     * poll(2).
     *
     * @param watcher told of wake-ups until it is stopped; null if the caller does not wait
     * @return events of {@link PollEvents}; POLLERR|POLLHUP once the removal has begun, POLLERR if
     *     the driver fails; never an error
     */
    public int poll(OpenFile file, Caller caller, PollWatcher watcher) {
        if (file.gate() != this) {
            throw wrongGate(file);
        }
        if (!file.isOpen() && !removing) {
            return PollEvents.POLLNVAL;
        }
        Call call = tryBegin(Verb.POLL, file, caller);
        if (call == null) {
            return PollEvents.POLLERR | PollEvents.POLLHUP;
        }
        try {
            call.watcher(watcher);
            return driver.poll(file, call);
        } catch (ErrnoException e) {
            return PollEvents.POLLERR;
        } catch (Throwable e) {
            faults.log("poll", e);
            return PollEvents.POLLERR;
        } finally {
            end(call);
        }
    }

    /** mmap(2): returns if the file may be mapped; see {@link FileOperations#mmap}. */
    public void mmap(OpenFile file, Caller caller) throws ErrnoException {
        checkUsable(file);
        Call call = begin(Verb.MMAP, file, caller);
        try {
            driver.mmap(file, call);
        } catch (Throwable e) {
            throw faults.answer(Verb.MMAP, e, removing);
        } finally {
            end(call);
        }
    }

    /**
     * fsync(2), fdatasync(2).
     *
     * @return 0, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int fsync(OpenFile file, boolean dataOnly, Caller caller) throws ErrnoException {
        checkUsable(file);
        while (true) {
            WaitQueue queue;
            long since;
            Call call = begin(Verb.FSYNC, file, caller);
            try {
                int result = driver.fsync(file, dataOnly, call);
                if (result == 0) {
                    return 0;
                }
                queue = blockedOn(call, result, 0);
                since = call.since;
            } catch (Throwable e) {
                throw faults.answer(Verb.FSYNC, e, removing);
            } finally {
                end(call);
            }
            if (handBackOrSleep(queue, since, file, Verb.FSYNC, caller)) {
                return Call.WOULD_BLOCK;
            }
        }
    }

    private void moved(OpenFile file, long from, int bytes) {
        if (size != null) {
            file.position(from + bytes);
        }
    }

    private void checkUsable(OpenFile file) throws ErrnoException {
        checkOwn(file);
        if (!file.isOpen() && !removing) {
            throw Errno.EBADF.exception();
        }
    }

    private void checkOwn(OpenFile file) {
        if (file.gate() != this) {
            throw wrongGate(file);
        }
    }

    private IllegalArgumentException wrongGate(OpenFile file) {
        return new IllegalArgumentException(
                file + " was not opened through the gate of " + name + "; a file has one gate");
    }

    // sleeping without a thread

    /**
     * The queue that a verb's result names; any other result out of range is the driver's error.
     */
    private WaitQueue blockedOn(Call call, int result, int most) throws ErrnoException {
        if (result != Call.WOULD_BLOCK) {
            throw faults.badResult(
                    call.verb.toString(), result, most == 0 ? "0" : "0 to " + most + " bytes");
        }
        if (call.blockedOn == null) {
            throw faults.badResult(
                    call.verb.toString(), result, "the result of Call.wouldBlock(queue)");
        }
        return call.blockedOn;
    }

    /** True if the front takes the request over; false if the verb is to be run again. */
    private boolean handBackOrSleep(
            WaitQueue queue, long since, OpenFile file, Verb verb, Caller caller)
            throws ErrnoException {
        if (caller.isNonBlocking(file)) {
            throw Errno.EAGAIN.exception();
        }
        if (caller.sleepsWithoutThread()) {
            caller.blockedOn = queue;
            caller.blockedSince = since;
            return true;
        }
        new LocalRequest(file, verb).sleep(queue, this, since);
        return false;
    }

    /**
     * Puts a front's request to sleep on the queue that the verb named, after the verb was handed
     * back to this caller.
     *
     * @return true if it sleeps, or was woken already and {@link RequestSleeper#runAgain()} was
     *     called; false if a wake-up came while the verb was looking: run it again now
     * @throws ErrnoException ENODEV once the removal has begun
     */
    public boolean sleep(RequestSleeper sleeper, Caller caller) throws ErrnoException {
        return switch (caller.blockedOn.addUnlessWoken(sleeper, this, caller.blockedSince)) {
            case ASLEEP -> true;
            case WOKEN -> false;
            case REMOVING -> throw Errno.ENODEV.exception();
        };
    }

    boolean addWaiters(GateWaiters made) {
        synchronized (waiters) {
            if (removing) {
                return false;
            }
            waiters.add(made);
            return true;
        }
    }

    /** All queues' parts of this gate; after the flag is set no more are added. */
    List<GateWaiters> waiters() {
        synchronized (waiters) {
            return new ArrayList<>(waiters);
        }
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
     * {@link #awaitRemoval()} for a limited time. If it is over the gate stays flagged, nothing is
     * torn down, and the wait can be taken up again. The limit is for the calls in flight; release
     * and teardown, once begun, run to their end.
     *
     * @param timeout 0 or less looks once
     * @return whether the device is removed
     */
    public boolean awaitRemoval(Duration timeout) {
        removal.checkNotInside("awaitRemoval(Duration)");
        return removal.await(Math.max(0, timeout.toNanos())) != Removal.Result.TIMED_OUT;
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

    /** Whether the removal has begun; never gets false again. */
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
            each.forEachRequest(
                    request ->
                            calls.add(
                                    new CallInFlight(
                                            request.verb, request.file, null, request.queue)));
        }
        return calls;
    }

    /** The files that are opened or being opened and not released yet; a snapshot. */
    public Collection<OpenFile> openFiles() {
        return List.copyOf(files);
    }

    @Override
    public String toString() {
        return "gate of " + name + (isRemoved() ? " (removed)" : removing ? " (removing)" : "");
    }
}
