package org.cdevgate.gate;

import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.Objects;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalProfile;

/**
 * How a caller's verb passes the gate: it begins, unless the removal has; it fails, in the driver's
 * way or the removal's; it sleeps outside the gate, or is handed back to a front that sleeps
 * without a thread. What each verb asks the driver stands in the subclasses.
 */
abstract class GatedCalls {
    /** No answer: the verb is to be run again. */
    static final int RUN_AGAIN = Call.WOULD_BLOCK + 1;

    final FileOperations driver;
    final Faults faults;
    private final String name;
    private final RemovalAnswers answers;

    GatedCalls(String name, FileOperations driver, RemovalProfile profile) {
        this.name = name;
        this.driver = driver;
        this.faults = new Faults(name);
        this.answers = new RemovalAnswers(profile);
    }

    /** Publishes a call; null once the flag is set. */
    abstract Frame tryBegin(Verb verb, OpenFile file, Caller caller);

    /**
     * Takes a call back. An Error may come out of it; who calls it then does what {@link CallFrame}
     * tells.
     */
    abstract void end(Frame call);

    /** The clock that each wake-up advances. */
    abstract long wakeClock();

    /** Whether the removal has begun; never gets false again. */
    public abstract boolean isRemoving();

    final Frame begin(Verb verb, OpenFile file, Caller caller) throws ErrnoException {
        Frame call = tryBegin(verb, file, caller);
        if (call == null) {
            throw Errno.ENODEV.exception();
        }
        return call;
    }

    /**
     * {@link #tryBegin} for a verb that may sleep.
     *
     * @param last run of the caller, or null
     */
    final Frame tryBeginSleepable(Verb verb, OpenFile file, Caller caller, BlockedRun last) {
        // Known before the call begins, for from then on nothing may fail unseen.
        long since = wakeClock();
        // A request may ask for two verbs, one after the other.
        boolean goesOn = last != null && last.verb() == verb;
        long deadline = goesOn ? last.deadline() : BlockedRun.NONE;
        int progress = goesOn ? last.progress() : 0;
        Frame call = tryBegin(verb, file, caller);
        if (call != null) {
            call.since = since;
            call.deadline = deadline;
            call.progress = progress;
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

    final FopsGate self() {
        return (FopsGate) this; // the only subclass
    }

    final void checkUsable(OpenFile file, Caller caller) throws ErrnoException {
        checkOwn(file);
        Objects.requireNonNull(caller, "caller");
        if (!file.isOpen() && !isRemoving()) {
            throw Errno.EBADF.exception();
        }
    }

    final void checkOwn(OpenFile file) {
        if (Objects.requireNonNull(file, "file").gate() != self()) {
            throw new IllegalArgumentException(
                    file + " was not opened through the gate of " + name + "; a file has one gate");
        }
    }

    /** What the caller of a verb gets that threw: its driver's answer, or the removal's. */
    final int failed(Frame call, Throwable thrown) throws ErrnoException {
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

    /** {@link #failed} of READ; {@code dst} as it was before the driver had it. */
    final int failedRead(Frame call, Throwable thrown, ByteBuffer dst) throws ErrnoException {
        return isOfTheRemoval(call, thrown)
                ? answers.blockedRead(call.file, dst)
                : failed(call, thrown);
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
        return isRemoving()
                && (thrown instanceof InterruptedException
                        || thrown instanceof ClosedByInterruptException);
    }

    // sleeping without a thread

    /** What the verb's result asks for; any other result out of range is the driver's error. */
    final BlockedRun blocked(Frame call, int result, int most) throws ErrnoException {
        if (result != Call.WOULD_BLOCK) {
            throw faults.badResult(
                    call.verb().toString(),
                    result,
                    most == 0 ? "0" : most == Integer.MAX_VALUE ? "0 or more" : "0 to " + most);
        }
        BlockedRun run = call.blockedRun();
        if (run == null) {
            throw faults.badResult(
                    call.verb().toString(), result, "the result of Call.wouldBlock(queue)");
        }
        if (run.moved() > most) {
            throw faults.badResult("progress of " + call.verb(), run.moved(), "0 to " + most);
        }
        return run;
    }

    /**
     * What a call gets that would sleep and must not. Who gets it waits for an event of poll(2)
     * next, and who is told of changes alone (EPOLLET) waits for ever if the driver's poll names no
     * queue: so the queue is watched from here on.
     *
     * @param since the wake clock from before the call looked; later wake-ups are told at once
     */
    final ErrnoException mustNotSleep(WaitQueue queue, Caller caller, long since) {
        PollWatcher watcher = caller.pollWatcher();
        if (watcher != null) {
            queue.watch(watcher, self(), since);
        }
        return Errno.EAGAIN.exception();
    }

    /**
     * {@link Call#WOULD_BLOCK} if the front takes the request over, {@link #RUN_AGAIN}, or the
     * answer to a request that has ended: the bytes that its write has taken, or the removal's.
     */
    final int handBackOrSleep(BlockedRun run, OpenFile file, Caller caller) throws ErrnoException {
        if (caller.isNonBlocking(file)) {
            ErrnoException again = mustNotSleep(run.queue(), caller, run.since());
            return resultOr(again, run);
        }
        if (caller.sleepsWithoutThread()) {
            caller.blocked = run;
            return Call.WOULD_BLOCK;
        }
        try {
            return new LocalRequest(file, run.verb()).sleep(run, self())
                    ? answers.asleep(run)
                    : RUN_AGAIN;
        } catch (ErrnoException e) {
            return resultOr(e, run);
        }
    }

    /** What a request gets whose sleep has ended before all of it was done. */
    private static int resultOr(ErrnoException answer, BlockedRun run) throws ErrnoException {
        if (run.moved() > 0) {
            return run.moved();
        }
        throw answer;
    }

    /** Starts the timer of a request that sleeps, or fails and takes it back. */
    private static void limit(RequestSleeper sleeper, BlockedRun run) {
        try {
            sleeper.wakeAt(run.deadline());
        } catch (Throwable e) {
            if (sleeper.wake()) { // else somebody has told the front, which is not to hear of both
                throw e;
            }
        }
    }

    /**
     * Puts a front's request to sleep on the queue that the verb named, after the verb was handed
     * back to this caller. The front keeps the sleeper reachable while it sleeps. Once the removal
     * has begun {@link RequestSleeper#removed} is called at once.
     *
     * @return false if a wake-up came while the verb was looking, or unread data is delivered after
     *     the removal, and nothing is or will be called: run it again now
     * @throws IllegalStateException if no verb was handed back to this caller
     */
    public boolean sleep(RequestSleeper sleeper, Caller caller) {
        Objects.requireNonNull(sleeper, "sleeper");
        BlockedRun run = Objects.requireNonNull(caller, "caller").blocked;
        if (run == null) {
            throw new IllegalStateException(
                    "nothing was handed back to this caller: sleep follows a verb that answered"
                            + " Call.WOULD_BLOCK");
        }
        return switch (run.queue().addUnlessWoken(sleeper, self(), run)) {
            case ASLEEP -> {
                if (run.isTimed()) {
                    limit(sleeper, run);
                }
                yield true;
            }
            case WOKEN -> false;
            case REMOVING -> {
                if (answers.isServedLater(sleeper.file(), sleeper.verb())) {
                    yield false;
                }
                sleeper.removed(answers.asleepOrErrno(run));
                yield true;
            }
        };
    }
}
