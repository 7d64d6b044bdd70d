package org.cdevgate.gate;

import java.util.Objects;
import java.util.concurrent.Future;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalProfile;
import org.jspecify.annotations.Nullable;

/**
 * A front's request that sleeps on a queue without a thread, see {@link Front#sleep}. After it was
 * put to sleep exactly one of three things happens: {@link #runAgain()}, {@link #removed}, or
 * {@link #wake()} returns true to the front that takes it back (a signal came).
 */
public abstract class RequestSleeper extends Sleeper {
    private final OpenFile file;
    private final Verb verb;
    private volatile @Nullable BlockedRun run;
    private volatile @Nullable Future<?> timer;

    /**
     * A request that is not asleep yet.
     *
     * @param file the file the request is for
     * @param verb the verb that would block
     */
    protected RequestSleeper(OpenFile file, Verb verb) {
        this.file = Objects.requireNonNull(file, "file");
        this.verb = Objects.requireNonNull(verb, "verb");
    }

    /**
     * The queue was woken, or unread data is delivered at the removal: run the verb again, on
     * another thread. Called on the waking thread, which may hold locks of the driver's: must not
     * block, throw or call the driver.
     */
    protected abstract void runAgain();

    /**
     * The device's removal began: answer the caller. Called on the remover, or in {@link
     * Front#sleep}; must not block or throw.
     *
     * @param answer the removal's answer to this verb, see {@link RemovalProfile#blocked}: a
     *     negated errno, or a result of 0 or more
     */
    protected abstract void removed(int answer);

    /**
     * Takes the request back from its queue.
     *
     * @return true if it was still asleep; it then belongs to the caller of this method
     */
    public final boolean wake() {
        boolean was = cancel();
        if (was) {
            stopTimer();
        }
        return was;
    }

    /**
     * The bytes that the request's write has taken in its runs, see {@link Call#progress(int)}:
     * what a front answers that ends the sleep for a signal; 0 if there is none, for EINTR.
     */
    public final int moved() {
        BlockedRun last = run;
        return last == null ? 0 : last.moved(); // it is about to sleep for the first time
    }

    /**
     * For a front that was told {@link #runAgain()} and will not do it, because the caller has died
     * or has its answer: the wake-up may have been meant for one sleeper alone, and goes to the
     * next.
     */
    public final void passOnWakeUp() {
        WaitQueue last = queue();
        if (exclusive && last != null) {
            last.wakeUp();
        }
    }

    /** The file the request is for. */
    public final OpenFile file() {
        return file;
    }

    final Verb verb() {
        return verb;
    }

    /** The queue it sleeps on or slept on last; null if it has never slept. */
    final @Nullable WaitQueue queue() {
        BlockedRun last = run;
        return last == null ? null : last.queue();
    }

    /** The run of the verb that put it to sleep last; null if it has never slept. */
    final @Nullable BlockedRun run() {
        return run;
    }

    final void run(BlockedRun newRun) {
        run = newRun;
    }

    /** Limits the sleep that has begun. */
    final void wakeAt(long deadline) {
        timer = SleepTimer.start(this, deadline);
        // Who took it off the queue meanwhile may have looked for the timer before there was one.
        if (!isQueued()) {
            stopTimer();
        }
    }

    /** Whether its timer is running, for tests. */
    final boolean isTimed() {
        Future<?> started = timer;
        return started != null && !started.isDone();
    }

    private void stopTimer() {
        Future<?> started = timer;
        if (started != null) {
            started.cancel(false);
        }
    }

    @Override
    final void woken() {
        try {
            stopTimer();
        } finally {
            handedOn = true;
            runAgain(); // a timer that goes on finds nobody asleep
        }
    }

    @Override
    final void gone() {
        try {
            stopTimer();
        } finally {
            RemovalAnswers answers = file.gate().answers();
            int answer = answers.asleepOrErrno(verb, moved());
            boolean servedLater = answers.isServedLater(file, verb);
            handedOn = true;
            if (servedLater) {
                runAgain();
            } else {
                removed(answer);
            }
        }
    }
}
