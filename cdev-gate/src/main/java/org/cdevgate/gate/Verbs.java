package org.cdevgate.gate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.sides.CallerSide;
import org.cdevgate.gate.sides.WatcherSide;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of a gate: each verb enters it, asks the driver, checks the answer and leaves.
 * What may be answered stands in the rows of {@link Verb}; the order of things stands once, in
 * {@link #run}. Only llseek, which answers a long, and poll, which never fails, go their own way.
 */
@SuppressWarnings("Finally") // an Error that ends a call goes on, see CallFrame
final class Verbs {
    private static final int MOST_EVENTS = 0xffff; // poll(2) returns them in a short
    private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

    private final FopsGate gate;
    private final FileOperations driver;
    private final Faults faults;
    private final RemovalAnswers answers;
    private final OpenFiles files;
    private final Blocking blocking;
    private final @Nullable LongSupplier size;
    private final boolean seekable;

    Verbs(
            FopsGate gate,
            GateBuilder builder,
            Faults faults,
            RemovalAnswers answers,
            OpenFiles files,
            Blocking blocking) {
        this.gate = gate;
        this.driver = builder.driver;
        this.faults = faults;
        this.answers = answers;
        this.files = files;
        this.blocking = blocking;
        this.size = builder.size;
        this.seekable = builder.seekable;
    }

    boolean isSeekable() {
        return seekable;
    }

    boolean hasSize() {
        return size != null;
    }

    /** See {@link Front#size}. */
    long size() throws ErrnoException {
        if (size == null) {
            return 0;
        }
        Frame call = gate.begin(Verb.ENTERED, null, null);
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
                gate.end(call);
            } catch (Throwable e) {
                call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
        }
    }

    int open(OpenFile file, CallerSide caller) throws ErrnoException {
        gate.checkOwn(file);
        return run(Verb.OPEN, file, NO_DATA, 0, 0, caller);
    }

    int flush(OpenFile file, CallerSide caller) throws ErrnoException {
        checkUsable(file);
        return run(Verb.FLUSH, file, NO_DATA, 0, 0, caller);
    }

    int read(OpenFile file, ByteBuffer dst, long position, CallerSide caller)
            throws ErrnoException {
        checkUsable(file);
        Objects.requireNonNull(dst, "dst");
        return run(Verb.READ, file, dst, at(position, caller), 0, caller);
    }

    int write(OpenFile file, ByteBuffer src, long position, CallerSide caller)
            throws ErrnoException {
        checkUsable(file);
        Objects.requireNonNull(src, "src");
        return run(Verb.WRITE, file, src, at(position, caller), 0, caller);
    }

    int ioctl(OpenFile file, int command, long argument, ByteBuffer data, CallerSide caller)
            throws ErrnoException {
        checkUsable(file);
        Objects.requireNonNull(data, "data");
        return run(Verb.IOCTL, file, data, command, argument, caller);
    }

    int mmap(OpenFile file, long offset, long length, CallerSide caller) throws ErrnoException {
        checkUsable(file);
        return run(Verb.MMAP, file, NO_DATA, offset, length, caller);
    }

    int fsync(OpenFile file, boolean dataOnly, CallerSide caller) throws ErrnoException {
        checkUsable(file);
        return run(Verb.FSYNC, file, NO_DATA, dataOnly ? 1 : 0, 0, caller);
    }

    private long at(long position, CallerSide caller) {
        return seekable || caller.isMappedPage() ? position : 0;
    }

    /**
     * Runs a verb until it has an answer, or its request sleeps without a thread.
     *
     * @param data of read, write and ioctl, from its position 0 to its limit; else NO_DATA
     * @param first see {@link #ask}
     * @param second see {@link #ask}
     * @return the result, or {@link Call#WOULD_BLOCK}
     */
    private int run(
            Verb verb, OpenFile file, ByteBuffer data, long first, long second, CallerSide caller)
            throws ErrnoException {
        int size = data.limit();
        int most = verb.mostResult(size);
        BlockedRun last = (BlockedRun) caller.takeBlocked();
        while (true) {
            Frame call = tryBegin(verb, file, caller, last);
            if (call == null) {
                return refused(verb, file, data, size, first, last, caller);
            }
            try {
                int result = ask(verb, file, data, first, second, call.view);
                if (result >= 0 && result <= most) {
                    return verb.movesData() ? moved(file, first, result, caller) : result;
                }
                last = blocking.run(call, result, most);
            } catch (Throwable e) {
                return failed(call, e, file, data, size, first, caller);
            } finally {
                try {
                    gate.end(call);
                } catch (Throwable e) {
                    call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                    throw e;
                }
            }
            int answer = blocking.handBackOrSleep(last, file, caller);
            if (answer != Blocking.RUN_AGAIN) {
                return verb == Verb.WRITE ? written(file, first, answer, size, caller) : answer;
            }
            if (data.capacity() > 0) { // NO_DATA is shared, and none may write to it
                data.clear().limit(size);
            }
        }
    }

    /**
     * Asks the driver.
     *
     * @param first the position of read and write, the command of ioctl, the offset of mmap, 1 for
     *     fdatasync
     * @param second the argument of ioctl, the length of mmap
     */
    private int ask(Verb verb, OpenFile file, ByteBuffer data, long first, long second, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return switch (verb) {
            case OPEN -> files.open(file, call);
            case FLUSH -> driver.flush(file, call);
            case READ -> driver.read(file, data, first, call);
            case WRITE -> driver.write(file, data, first, call);
            case IOCTL -> driver.ioctl(file, (int) first, second, data, call);
            case MMAP -> driver.mmap(file, first, second, call);
            case FSYNC -> driver.fsync(file, first != 0, call);
            case RELEASE, LLSEEK, POLL, ENTERED, HOLD, WAKE_HOOK, CANCEL, TEARDOWN ->
                    throw new AssertionError(verb + " does not come here");
        };
    }

    /** What a call gets that comes after the flag. */
    private int refused(
            Verb verb,
            OpenFile file,
            ByteBuffer data,
            int size,
            long from,
            @Nullable BlockedRun last,
            CallerSide caller)
            throws ErrnoException {
        if (verb == Verb.READ) {
            return answers.laterRead(file, data);
        }
        if (verb == Verb.WRITE) {
            return written(file, from, answers.laterWrite(last), size, caller);
        }
        return answers.later(verb);
    }

    /** What the caller of a verb gets that threw. */
    private int failed(
            Frame call,
            Throwable thrown,
            OpenFile file,
            ByteBuffer data,
            int size,
            long from,
            CallerSide caller)
            throws ErrnoException {
        if (call.verb() == Verb.READ && isOfTheRemoval(call, thrown)) {
            return answers.blockedRead(file, data.clear().limit(size));
        }
        int answer = failed(call, thrown);
        return call.verb() == Verb.WRITE ? written(file, from, answer, size, caller) : answer;
    }

    /** See {@link Front#llseek}. */
    long llseek(OpenFile file, long offset, int whence, CallerSide caller) throws ErrnoException {
        checkUsable(file);
        Frame call = tryBegin(Verb.LLSEEK, file, caller, null);
        if (call == null) {
            return answers.later(Verb.LLSEEK);
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
                gate.end(call);
            } catch (Throwable e) {
                call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
        }
    }

    /** See {@link Front#poll}. */
    int poll(OpenFile file, CallerSide caller, @Nullable WatcherSide watcher) {
        gate.checkOwn(file);
        if (!file.isOpen() && !gate.isRemoving()) {
            return PollEvents.POLLNVAL;
        }
        Frame call = gate.tryBegin(Verb.POLL, file, caller);
        if (call == null) {
            return answers.laterPoll(file);
        }
        try {
            call.since = gate.wakeClock();
            call.watcher(watcher);
            int events = driver.poll(file, call.view);
            if ((events & ~MOST_EVENTS) != 0) {
                throw faults.badResult("poll", events, "events of PollEvents");
            }
            // A removal that began meanwhile may have passed by before pollWait joined the queue.
            return gate.isRemoving() ? answers.blockedPoll(file) : events;
        } catch (ErrnoException e) {
            return gate.isRemoving() ? answers.blockedPoll(file) : PollEvents.POLLERR;
        } catch (Throwable e) {
            faults.log("poll", e);
            return gate.isRemoving() ? answers.blockedPoll(file) : PollEvents.POLLERR;
        } finally {
            try {
                gate.end(call);
            } catch (Throwable e) {
                call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
        }
    }

    /**
     * {@link FopsGate#tryBegin} for a verb that may sleep.
     *
     * @param last run of the caller, or null
     */
    private @Nullable Frame tryBegin(
            Verb verb, OpenFile file, CallerSide caller, @Nullable BlockedRun last) {
        // Known before the call begins, for from then on nothing may fail unseen.
        long since = gate.wakeClock();
        // A request may ask for two verbs, one after the other.
        BlockedRun before = last != null && last.verb() == verb ? last : null;
        long deadline = before == null ? BlockedRun.NONE : before.deadline();
        int progress = before == null ? 0 : before.progress();
        Frame call = gate.tryBegin(verb, file, caller);
        if (call != null) {
            call.since = since;
            call.deadline = deadline;
            call.progress = progress;
            call.runAgain = before != null;
        }
        return call;
    }

    private void checkUsable(OpenFile file) throws ErrnoException {
        gate.checkOwn(file);
        if (!file.isOpen() && !gate.isRemoving()) {
            throw Errno.EBADF.exception();
        }
    }

    /** What the caller of a verb gets that threw: its driver's answer, or the removal's. */
    private int failed(Frame call, Throwable thrown) throws ErrnoException {
        boolean removed = isOfTheRemoval(call, thrown);
        if (call.moved() > 0 && (removed || endsASleep(thrown))) {
            return call.moved();
        }
        if (removed) {
            call.answered(Math.max(0, -answers.profile.blocked(call.verb())));
            return answers.blocked(call.verb());
        }
        ErrnoException answer = faults.answer(call.verb(), thrown);
        call.answered(answer.errno());
        throw answer;
    }

    /** Whether the driver hands on that a signal ended its sleep, or that there must not be one. */
    private static boolean endsASleep(Throwable thrown) {
        return thrown instanceof InterruptedException
                || (thrown instanceof ErrnoException answer
                        && (answer.errno() == Errno.EINTR.number()
                                || answer.errno() == Errno.EAGAIN.number()));
    }

    /** Whether the driver hands on that the removal ended its sleep. */
    private boolean isOfTheRemoval(Frame call, Throwable thrown) {
        if (thrown instanceof ErrnoException answer) {
            return call.has(CallFrame.TOLD) && answer.errno() == Errno.ENODEV.number();
        }
        return gate.isRemoving()
                && (thrown instanceof InterruptedException
                        || thrown instanceof ClosedByInterruptException);
    }

    /**
     * The result of a write that has ended otherwise than by the driver's own, or {@link
     * Call#WOULD_BLOCK}.
     */
    private int written(OpenFile file, long from, int answer, int size, CallerSide caller) {
        int bytes = Math.min(answer, size);
        return bytes >= 0 ? moved(file, from, bytes, caller) : bytes;
    }

    private int moved(OpenFile file, long from, int bytes, CallerSide caller) {
        if (seekable && !caller.isMappedPage()) {
            file.position(from + bytes);
        }
        return bytes;
    }
}
