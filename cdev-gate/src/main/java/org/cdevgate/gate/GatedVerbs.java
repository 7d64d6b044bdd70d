package org.cdevgate.gate;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalProfile;

/**
 * The caller's side of a {@link FopsGate}: each verb enters the gate, asks the driver, checks its
 * answer, leaves the gate. A verb that would block is handed back or sleeps here, outside the gate.
 */
@SuppressWarnings("Finally") // an Error that ends a call goes on, see CallFrame
abstract class GatedVerbs extends GatedFiles {
    private static final int MOST_EVENTS = 0xffff; // poll(2) returns them in a short

    private final LongSupplier size;
    private final boolean seekable;
    private final boolean sleepingWrites;

    GatedVerbs(GateBuilder builder) {
        super(builder.name, builder.driver, builder.lateRelease, builder.profile);
        this.size = builder.size;
        this.seekable = builder.seekable;
        this.sleepingWrites = builder.sleepingWrites;
    }

    /** Whether positions count; otherwise it is a stream. */
    public boolean isSeekable() {
        return seekable;
    }

    /**
     * Whether writes may sleep: of a stream always, else see {@link GateBuilder#sleepingWrites}.
     */
    public boolean hasSleepingWrites() {
        return sleepingWrites || !seekable;
    }

    /** Whether {@link #size} asks the driver; otherwise it is 0 for ever. */
    public boolean hasSize() {
        return size != null;
    }

    /**
     * The size of the device in bytes, or of a stream's memory that can be mapped; 0 for a stream
     * without.
     *
     * @throws ErrnoException ENODEV once the removal has begun; EIO if the driver's supplier fails
     */
    public long size() throws ErrnoException {
        if (size == null) {
            return 0;
        }
        Frame call = begin(Verb.ENTERED, null, null);
        try {
            long bytes = size.getAsLong();
            if (bytes < 0) {
                throw faults.badResult("size", bytes, "0 or more");
            }
            return bytes;
        } catch (RuntimeException | Error e) {
            throw faults.answer(Verb.ENTERED, e);
        } finally {
            try {
                end(call);
            } catch (Throwable e) {
                call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
        }
    }

    /**
     * close(2) of one descriptor; see {@link FileOperations#flush}.
     *
     * @return 0, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int flush(OpenFile file, Caller caller) throws ErrnoException {
        checkUsable(file, caller);
        BlockedRun last = caller.takeBlocked();
        while (true) {
            Frame call = tryBeginSleepable(Verb.FLUSH, file, caller, last);
            if (call == null) {
                return answers().later(Verb.FLUSH);
            }
            try {
                int result = driver.flush(file, call.view);
                if (result == 0) {
                    return 0;
                }
                last = blocked(call, result, 0);
            } catch (Throwable e) {
                return failed(call, e);
            } finally {
                try {
                    end(call);
                } catch (Throwable e) {
                    call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                    throw e;
                }
            }
            int answer = handBackOrSleep(last, file, caller);
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
        checkUsable(file, caller);
        int size = Objects.requireNonNull(dst, "dst").limit();
        long at = seekable || caller.isMappedPage() ? position : 0;
        BlockedRun last = caller.takeBlocked();
        while (true) {
            Frame call = tryBeginSleepable(Verb.READ, file, caller, last);
            if (call == null) {
                return answers().laterRead(file, dst);
            }
            try {
                int result = driver.read(file, dst, at, call.view);
                if (result >= 0 && result <= size) {
                    moved(file, at, result, caller);
                    return result;
                }
                last = blocked(call, result, size);
            } catch (Throwable e) {
                return failedRead(call, e, dst.clear().limit(size));
            } finally {
                try {
                    end(call);
                } catch (Throwable e) {
                    call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                    throw e;
                }
            }
            int answer = handBackOrSleep(last, file, caller);
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
        checkUsable(file, caller);
        int size = Objects.requireNonNull(src, "src").limit();
        long at = seekable || caller.isMappedPage() ? position : 0;
        BlockedRun last = caller.takeBlocked();
        while (true) {
            Frame call = tryBeginSleepable(Verb.WRITE, file, caller, last);
            if (call == null) {
                return written(file, at, Math.min(answers().laterWrite(last), size), caller);
            }
            try {
                int result = driver.write(file, src, at, call.view);
                if (result >= 0 && result <= size) {
                    return written(file, at, result, caller);
                }
                last = blocked(call, result, size);
            } catch (Throwable e) {
                return written(file, at, Math.min(failed(call, e), size), caller);
            } finally {
                try {
                    end(call);
                } catch (Throwable e) {
                    call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                    throw e;
                }
            }
            int answer = handBackOrSleep(last, file, caller);
            if (answer != RUN_AGAIN) {
                return written(file, at, Math.min(answer, size), caller);
            }
            src.clear().limit(size);
        }
    }

    /** lseek(2); returns the new position in bytes. */
    public long llseek(OpenFile file, long offset, int whence, Caller caller)
            throws ErrnoException {
        checkUsable(file, caller);
        Frame call = tryBeginSleepable(Verb.LLSEEK, file, caller, null);
        if (call == null) {
            return answers().later(Verb.LLSEEK);
        }
        try {
            long result = driver.llseek(file, offset, whence, call.view);
            if (result < 0) {
                throw faults.badResult("llseek", result, "a position, 0 or more");
            }
            file.position(result);
            return result;
        } catch (Throwable e) {
            return failed(call, e);
        } finally {
            try {
                end(call);
            } catch (Throwable e) {
                call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
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
        checkUsable(file, caller);
        int size = Objects.requireNonNull(data, "data").limit();
        BlockedRun last = caller.takeBlocked();
        while (true) {
            Frame call = tryBeginSleepable(Verb.IOCTL, file, caller, last);
            if (call == null) {
                return answers().later(Verb.IOCTL);
            }
            try {
                int result = driver.ioctl(file, command, argument, data, call.view);
                if (result >= 0) {
                    return result;
                }
                last = blocked(call, result, Integer.MAX_VALUE);
            } catch (Throwable e) {
                return failed(call, e);
            } finally {
                try {
                    end(call);
                } catch (Throwable e) {
                    call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                    throw e;
                }
            }
            int answer = handBackOrSleep(last, file, caller);
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
        Objects.requireNonNull(caller, "caller");
        if (!file.isOpen() && !isRemoving()) {
            return PollEvents.POLLNVAL;
        }
        Frame call = tryBegin(Verb.POLL, file, caller);
        if (call == null) {
            return answers().laterPoll(file);
        }
        try {
            call.since = wakeClock();
            call.watcher(watcher);
            int events = driver.poll(file, call.view);
            if ((events & ~MOST_EVENTS) != 0) {
                throw faults.badResult("poll", events, "events of PollEvents");
            }
            // A removal that began meanwhile may have passed by before pollWait joined the queue.
            return isRemoving() ? answers().blockedPoll(file) : events;
        } catch (ErrnoException e) {
            return isRemoving() ? answers().blockedPoll(file) : PollEvents.POLLERR;
        } catch (Throwable e) {
            faults.log("poll", e);
            return isRemoving() ? answers().blockedPoll(file) : PollEvents.POLLERR;
        } finally {
            try {
                end(call);
            } catch (Throwable e) {
                call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
        }
    }

    /**
     * mmap(2): answers whether the file may be mapped; see {@link FileOperations#mmap}.
     *
     * @return 0, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int mmap(OpenFile file, long offset, long length, Caller caller) throws ErrnoException {
        checkUsable(file, caller);
        BlockedRun last = caller.takeBlocked();
        while (true) {
            Frame call = tryBeginSleepable(Verb.MMAP, file, caller, last);
            if (call == null) {
                return answers().later(Verb.MMAP);
            }
            try {
                int result = driver.mmap(file, offset, length, call.view);
                if (result == 0) {
                    return 0;
                }
                last = blocked(call, result, 0);
            } catch (Throwable e) {
                return failed(call, e);
            } finally {
                try {
                    end(call);
                } catch (Throwable e) {
                    call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                    throw e;
                }
            }
            int answer = handBackOrSleep(last, file, caller);
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
        checkUsable(file, caller);
        BlockedRun last = caller.takeBlocked();
        while (true) {
            Frame call = tryBeginSleepable(Verb.FSYNC, file, caller, last);
            if (call == null) {
                return answers().later(Verb.FSYNC);
            }
            try {
                int result = driver.fsync(file, dataOnly, call.view);
                if (result == 0) {
                    return 0;
                }
                last = blocked(call, result, 0);
            } catch (Throwable e) {
                return failed(call, e);
            } finally {
                try {
                    end(call);
                } catch (Throwable e) {
                    call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                    throw e;
                }
            }
            int answer = handBackOrSleep(last, file, caller);
            if (answer != RUN_AGAIN) {
                return answer;
            }
        }
    }

    /**
     * The result of a write, or {@link Call#WOULD_BLOCK}.
     *
     * @param from where it began
     */
    private int written(OpenFile file, long from, int result, Caller caller) {
        if (result >= 0) {
            moved(file, from, result, caller);
        }
        return result;
    }

    private void moved(OpenFile file, long from, int bytes, Caller caller) {
        if (seekable && !caller.isMappedPage()) {
            file.position(from + bytes);
        }
    }
}
