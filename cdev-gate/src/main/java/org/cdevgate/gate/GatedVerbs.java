package org.cdevgate.gate;

import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;

/**
 * The caller's side of a {@link FopsGate}: each verb enters the gate, asks the driver, checks its
 * answer, leaves the gate. A verb that would block is handed back or sleeps here, outside the gate.
 */
abstract class GatedVerbs {
    private static final int MOST_EVENTS = 0xffff; // poll(2) returns them in a short

    /** No answer: the verb is to be run again. */
    private static final int RUN_AGAIN = Call.WOULD_BLOCK + 1;

    private final String name;
    private final FileOperations driver;
    private final LongSupplier size;
    private final Faults faults;
    private final boolean lateRelease;
    private final RemovalAnswers answers;
    private final Set<OpenFile> files = ConcurrentHashMap.newKeySet();

    /**
     * For {@link FopsGate} only.
     *
     * @param size null for a stream
     */
    GatedVerbs(
            String name,
            FileOperations driver,
            LongSupplier size,
            boolean lateRelease,
            RemovalProfile profile) {
        this.name = name;
        this.driver = driver;
        this.size = size;
        this.lateRelease = lateRelease;
        this.faults = new Faults(name);
        this.answers = new RemovalAnswers(profile);
    }

    /** Publishes a call; null once the flag is set. */
    abstract Call tryBegin(Verb verb, OpenFile file, Caller caller);

    /** Takes a call back. */
    abstract void end(Call call);

    /** The clock that each wake-up advances. */
    abstract long wakeClock();

    /** Waits while another thread releases the file. */
    abstract void awaitRunningRelease(OpenFile file);

    /** Whether the removal has begun; never gets false again. */
    public abstract boolean isRemoving();

    final Call begin(Verb verb, OpenFile file, Caller caller) throws ErrnoException {
        Call call = tryBegin(verb, file, caller);
        if (call == null) {
            throw Errno.ENODEV.exception();
        }
        return call;
    }

    /** {@link #tryBegin} for a verb that may sleep without a thread. */
    private Call tryBeginSleepable(Verb verb, OpenFile file, Caller caller) {
        Call call = tryBegin(verb, file, caller);
        if (call != null) {
            call.since = wakeClock();
        }
        return call;
    }

    /** The device's name. */
    public final String name() {
        return name;
    }

    /** What callers see of the removal. */
    public final RemovalProfile removalProfile() {
        return answers.profile;
    }

    final RemovalAnswers answers() {
        return answers;
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
            throw faults.answer(Verb.ENTERED, e);
        } finally {
            end(call);
        }
    }

    /** The files that are opened or being opened and not released yet; a snapshot. */
    public Collection<OpenFile> openFiles() {
        return List.copyOf(files);
    }

    private FopsGate self() {
        return (FopsGate) this; // the only subclass
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
        return newFile(flags, caller, 0);
    }

    /**
     * {@link #newFile(int, Caller)} for one of several nodes of the device.
     *
     * @param minor which node, 0 or more; see {@link OpenFile#minor()}
     */
    public OpenFile newFile(int flags, Caller caller, int minor) {
        return new OpenFile(self(), flags, caller, minor);
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
            Call call = tryBeginSleepable(Verb.OPEN, file, caller);
            if (call == null) {
                return answers.later(Verb.OPEN);
            }
            try {
                files.add(file);
                int result = driver.open(file, call);
                if (result == 0) {
                    file.markOpen();
                    return 0;
                }
                queue = blockedOn(call, result, 0);
                since = call.blockedSince();
            } catch (Throwable e) {
                return failed(call, e);
            } finally {
                end(call);
            }
            int answer = handBackOrSleep(queue, since, file, Verb.OPEN, caller);
            if (answer != RUN_AGAIN) {
                return answer;
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
        checkOwn(file);
        // It was for a call that has ended; release must not take it for its own.
        boolean interrupted = Thread.interrupted();
        try {
            Call call = tryBegin(Verb.RELEASE, file, null);
            if (call != null) {
                try {
                    finish(file, call);
                } finally {
                    end(call);
                }
            } else if (lateRelease) {
                finishLate(file);
            }
            awaitRunningRelease(file);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** After the flag, at the last close; the removal neither waits for this nor does it. */
    private void finishLate(OpenFile file) {
        Call call = CallRecord.current().push(self().ref(), Verb.RELEASE, file);
        call.leaveOut(call.ticket());
        try {
            finish(file, call);
        } finally {
            end(call);
        }
    }

    /** The part of the remover: all of it, or with late release only the destructor. */
    final void finishAtRemoval(OpenFile file, Call call) {
        if (!lateRelease || file.isNew()) {
            finish(file, call);
        } else {
            runDestructor(file);
            file.awaitDestructor();
        }
    }

    /** Releases a file unless that was or is being done; inside a call. */
    private void finish(OpenFile file, Call call) {
        OpenFile.Claim claim = file.claimRelease();
        if (claim == OpenFile.Claim.LOST) {
            return;
        }
        try {
            if (claim == OpenFile.Claim.RELEASE) {
                driver.release(file, call);
            }
        } catch (Throwable e) {
            faults.log("release", e);
        }
        runDestructor(file);
        file.awaitDestructor(); // with late release the remover may be at it
        file.markReleased();
        files.remove(file);
    }

    private void runDestructor(OpenFile file) {
        try {
            file.runDestructor();
        } catch (Throwable e) {
            faults.log("the destructor of private data", e);
        }
    }

    // the other verbs

    /**
     * close(2) of one descriptor; see {@link FileOperations#flush}.
     *
     * @return 0, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int flush(OpenFile file, Caller caller) throws ErrnoException {
        checkUsable(file);
        while (true) {
            WaitQueue queue;
            long since;
            Call call = tryBeginSleepable(Verb.FLUSH, file, caller);
            if (call == null) {
                return answers.later(Verb.FLUSH);
            }
            try {
                int result = driver.flush(file, call);
                if (result == 0) {
                    return 0;
                }
                queue = blockedOn(call, result, 0);
                since = call.blockedSince();
            } catch (Throwable e) {
                return failed(call, e);
            } finally {
                end(call);
            }
            int answer = handBackOrSleep(queue, since, file, Verb.FLUSH, caller);
            if (answer != RUN_AGAIN) {
                return answer;
            }
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
            Call call = tryBeginSleepable(Verb.READ, file, caller);
            if (call == null) {
                return answers.laterRead(file, dst);
            }
            try {
                int result = driver.read(file, dst, at, call);
                if (result >= 0 && result <= size) {
                    moved(file, at, result);
                    return result;
                }
                queue = blockedOn(call, result, size);
                since = call.blockedSince();
            } catch (Throwable e) {
                return failedRead(call, e, dst.clear().limit(size));
            } finally {
                end(call);
            }
            int answer = handBackOrSleep(queue, since, file, Verb.READ, caller);
            if (answer != RUN_AGAIN) {
                return answer;
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
            Call call = tryBeginSleepable(Verb.WRITE, file, caller);
            if (call == null) {
                return Math.min(answers.later(Verb.WRITE), size);
            }
            try {
                int result = driver.write(file, src, at, call);
                if (result >= 0 && result <= size) {
                    moved(file, at, result);
                    return result;
                }
                queue = blockedOn(call, result, size);
                since = call.blockedSince();
            } catch (Throwable e) {
                return Math.min(failed(call, e), size);
            } finally {
                end(call);
            }
            int answer = handBackOrSleep(queue, since, file, Verb.WRITE, caller);
            if (answer != RUN_AGAIN) {
                return Math.min(answer, size);
            }
            src.clear().limit(size);
        }
    }

    /** lseek(2); returns the new position in bytes. */
    public long llseek(OpenFile file, long offset, int whence, Caller caller)
            throws ErrnoException {
        checkUsable(file);
        Call call = tryBegin(Verb.LLSEEK, file, caller);
        if (call == null) {
            return answers.later(Verb.LLSEEK);
        }
        try {
            long result = driver.llseek(file, offset, whence, call);
            if (result < 0) {
                throw faults.badResult("llseek", result, "a position, 0 or more");
            }
            file.position(result);
            return result;
        } catch (Throwable e) {
            return failed(call, e);
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
            Call call = tryBeginSleepable(Verb.IOCTL, file, caller);
            if (call == null) {
                return answers.later(Verb.IOCTL);
            }
            try {
                int result = driver.ioctl(file, command, argument, data, call);
                if (result >= 0) {
                    return result;
                }
                queue = blockedOn(call, result, Integer.MAX_VALUE);
                since = call.blockedSince();
            } catch (Throwable e) {
                return failed(call, e);
            } finally {
                end(call);
            }
            int answer = handBackOrSleep(queue, since, file, Verb.IOCTL, caller);
            if (answer != RUN_AGAIN) {
                return answer;
            }
            data.clear().limit(size);
        }
    }

    /**
     * poll(2).
     *
     * @param watcher told of wake-ups until it is stopped; null if the caller does not wait
     * @return events of {@link PollEvents}; those of the {@link RemovalProfile} once the removal
     *     has begun, POLLERR if the driver fails; never an error
     */
    public int poll(OpenFile file, Caller caller, PollWatcher watcher) {
        checkOwn(file);
        if (!file.isOpen() && !isRemoving()) {
            return PollEvents.POLLNVAL;
        }
        Call call = tryBegin(Verb.POLL, file, caller);
        if (call == null) {
            return answers.laterPoll(file);
        }
        try {
            call.since = wakeClock();
            call.watcher(watcher);
            int events = driver.poll(file, call);
            if ((events & ~MOST_EVENTS) != 0) {
                throw faults.badResult("poll", events, "events of PollEvents");
            }
            // A removal that began meanwhile may have passed by before pollWait joined the queue.
            return isRemoving() ? answers.blockedPoll(file) : events;
        } catch (ErrnoException e) {
            return isRemoving() ? answers.blockedPoll(file) : PollEvents.POLLERR;
        } catch (Throwable e) {
            faults.log("poll", e);
            return isRemoving() ? answers.blockedPoll(file) : PollEvents.POLLERR;
        } finally {
            end(call);
        }
    }

    /**
     * mmap(2): answers whether the file may be mapped; see {@link FileOperations#mmap}.
     *
     * @return 0, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int mmap(OpenFile file, long offset, long length, Caller caller) throws ErrnoException {
        checkUsable(file);
        while (true) {
            WaitQueue queue;
            long since;
            Call call = tryBeginSleepable(Verb.MMAP, file, caller);
            if (call == null) {
                return answers.later(Verb.MMAP);
            }
            try {
                int result = driver.mmap(file, offset, length, call);
                if (result == 0) {
                    return 0;
                }
                queue = blockedOn(call, result, 0);
                since = call.blockedSince();
            } catch (Throwable e) {
                return failed(call, e);
            } finally {
                end(call);
            }
            int answer = handBackOrSleep(queue, since, file, Verb.MMAP, caller);
            if (answer != RUN_AGAIN) {
                return answer;
            }
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
            Call call = tryBeginSleepable(Verb.FSYNC, file, caller);
            if (call == null) {
                return answers.later(Verb.FSYNC);
            }
            try {
                int result = driver.fsync(file, dataOnly, call);
                if (result == 0) {
                    return 0;
                }
                queue = blockedOn(call, result, 0);
                since = call.blockedSince();
            } catch (Throwable e) {
                return failed(call, e);
            } finally {
                end(call);
            }
            int answer = handBackOrSleep(queue, since, file, Verb.FSYNC, caller);
            if (answer != RUN_AGAIN) {
                return answer;
            }
        }
    }

    /** What the caller of a verb gets that threw: its driver's answer, or the removal's. */
    private int failed(Call call, Throwable thrown) throws ErrnoException {
        if (isOfTheRemoval(call, thrown)) {
            call.answered(Math.max(0, -answers.profile.blocked(call.verb())));
            return answers.blocked(call.verb());
        }
        ErrnoException answer = faults.answer(call.verb(), thrown);
        call.answered(answer.errno());
        throw answer;
    }

    /** {@link #failed} of READ; {@code dst} as it was before the driver had it. */
    private int failedRead(Call call, Throwable thrown, ByteBuffer dst) throws ErrnoException {
        return isOfTheRemoval(call, thrown)
                ? answers.blockedRead(call.file(), dst)
                : failed(call, thrown);
    }

    /** Whether the driver hands on that the removal ended its sleep. */
    private boolean isOfTheRemoval(Call call, Throwable thrown) {
        if (thrown instanceof ErrnoException answer) {
            return call.has(CallFrame.TOLD) && answer.errno() == Errno.ENODEV.number();
        }
        return isRemoving()
                && (thrown instanceof InterruptedException
                        || thrown instanceof ClosedByInterruptException);
    }

    private void moved(OpenFile file, long from, int bytes) {
        if (size != null) {
            file.position(from + bytes);
        }
    }

    private void checkUsable(OpenFile file) throws ErrnoException {
        checkOwn(file);
        if (!file.isOpen() && !isRemoving()) {
            throw Errno.EBADF.exception();
        }
    }

    private void checkOwn(OpenFile file) {
        if (file.gate() != self()) {
            throw new IllegalArgumentException(
                    file + " was not opened through the gate of " + name + "; a file has one gate");
        }
    }

    // sleeping without a thread

    /**
     * The queue that a verb's result names; any other result out of range is the driver's error.
     */
    private WaitQueue blockedOn(Call call, int result, int most) throws ErrnoException {
        if (result != Call.WOULD_BLOCK) {
            throw faults.badResult(
                    call.verb().toString(),
                    result,
                    most == 0 ? "0" : most == Integer.MAX_VALUE ? "0 or more" : "0 to " + most);
        }
        if (call.blockedOn == null) {
            throw faults.badResult(
                    call.verb().toString(), result, "the result of Call.wouldBlock(queue)");
        }
        return call.blockedOn;
    }

    /**
     * {@link Call#WOULD_BLOCK} if the front takes the request over, {@link #RUN_AGAIN}, or the
     * removal's answer.
     */
    private int handBackOrSleep(
            WaitQueue queue, long since, OpenFile file, Verb verb, Caller caller)
            throws ErrnoException {
        if (caller.isNonBlocking(file)) {
            throw Errno.EAGAIN.exception();
        }
        if (caller.sleepsWithoutThread()) {
            caller.blockedOn = queue;
            caller.blockedSince = since;
            return Call.WOULD_BLOCK;
        }
        return new LocalRequest(file, verb).sleep(queue, self(), since)
                ? answers.blocked(verb)
                : RUN_AGAIN;
    }

    /**
     * Puts a front's request to sleep on the queue that the verb named, after the verb was handed
     * back to this caller. The front keeps the sleeper reachable while it sleeps. Once the removal
     * has begun {@link RequestSleeper#removed} is called at once.
     *
     * @return false if a wake-up came while the verb was looking, or unread data is delivered after
     *     the removal, and nothing is or will be called: run it again now
     */
    public boolean sleep(RequestSleeper sleeper, Caller caller) {
        return switch (caller.blockedOn.addUnlessWoken(sleeper, self(), caller.blockedSince)) {
            case ASLEEP -> true;
            case WOKEN -> false;
            case REMOVING -> {
                if (answers.isServedLater(sleeper.file(), sleeper.verb())) {
                    yield false;
                }
                sleeper.removed(answers.profile.blocked(sleeper.verb()));
                yield true;
            }
        };
    }
}
