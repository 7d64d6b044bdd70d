package org.cdevgate.gate;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.sides.CallerSide;
import org.cdevgate.gate.sides.RequestSide;
import org.cdevgate.gate.sides.WatcherSide;

/**
 * How a request sleeps that a verb has left with {@link Call#wouldBlock}: outside the gate, on this
 * thread, or handed back to a front that sleeps without one.
 */
final class Blocking {
    /** No answer: the verb is to be run again. */
    static final int RUN_AGAIN = Call.WOULD_BLOCK + 1;

    private final FopsGate gate;
    private final Faults faults;
    private final RemovalAnswers answers;

    Blocking(FopsGate gate, Faults faults, RemovalAnswers answers) {
        this.gate = gate;
        this.faults = faults;
        this.answers = answers;
    }

    /** What the verb's result asks for; any other result out of range is the driver's error. */
    BlockedRun run(Frame call, int result, int most) throws ErrnoException {
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
    ErrnoException mustNotSleep(WaitQueue queue, CallerSide caller, long since) {
        WatcherSide watcher = caller.watcher();
        if (watcher != null) {
            queue.watch(watcher, gate, since);
        }
        return Errno.EAGAIN.exception();
    }

    /**
     * {@link Call#WOULD_BLOCK} if the front takes the request over, {@link #RUN_AGAIN}, or the
     * answer to a request that has ended: the bytes that its write has taken, or the removal's.
     */
    int handBackOrSleep(BlockedRun run, OpenFile file, CallerSide caller) throws ErrnoException {
        if (caller.isNonBlocking(file.flags())) {
            ErrnoException again = mustNotSleep(run.queue(), caller, run.since());
            return resultOr(again, run);
        }
        if (caller.sleepsWithoutThread()) {
            caller.blocked(run);
            return Call.WOULD_BLOCK;
        }
        try {
            return new LocalRequest().sleep(run, gate) ? answers.asleep(run) : RUN_AGAIN;
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
    private static void limit(RequestSide sleeper, BlockedRun run) {
        try {
            sleeper.timer(SleepTimer.start(sleeper, run.deadline()));
        } catch (Throwable e) {
            if (sleeper.wake()) { // else somebody has told the front, which is not to hear of both
                throw e;
            }
        }
    }

    /** See {@link Front#sleep}. */
    boolean sleep(RequestSide sleeper, CallerSide caller) {
        BlockedRun run = (BlockedRun) caller.blocked();
        if (run == null) {
            throw new IllegalStateException(
                    "nothing was handed back to this caller: sleep follows a verb that answered"
                            + " Call.WOULD_BLOCK");
        }
        return switch (run.queue().addUnlessWoken(sleeper, gate, run)) {
            case ASLEEP -> {
                if (run.isTimed()) {
                    limit(sleeper, run);
                }
                yield true;
            }
            case WOKEN -> false;
            case REMOVING -> {
                if (run.isServedLater()) {
                    yield false;
                }
                sleeper.removed(run.removalAnswer());
                yield true;
            }
        };
    }
}
