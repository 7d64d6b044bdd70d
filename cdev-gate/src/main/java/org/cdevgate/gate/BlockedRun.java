package org.cdevgate.gate;

import java.util.concurrent.TimeUnit;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.sides.Blocked;
import org.cdevgate.gate.sides.RequestSide;
import org.jspecify.annotations.Nullable;

/**
 * What a run of a verb leaves that ended with {@link Call#wouldBlock}: what its request is to sleep
 * on, and for the next run how long.
 *
 * @param file of the verb
 * @param verb that would block
 * @param queue to sleep on
 * @param since the gate's wake clock when the run began; later wake-ups are not to be slept through
 * @param exclusive whether a wake-up that wakes one such sleeper leaves the others
 * @param deadline of the sleep, on {@link System#nanoTime}; {@link #NONE} for an unlimited one
 * @param progress see {@link Call#progress()}
 */
record BlockedRun(
        OpenFile file,
        Verb verb,
        WaitQueue queue,
        long since,
        boolean exclusive,
        long deadline,
        int progress)
        implements Blocked {
    /** No deadline. */
    static final long NONE = 0;

    BlockedRun(
            OpenFile file,
            Verb verb,
            WaitQueue queue,
            long since,
            boolean exclusive,
            long deadline) {
        this(file, verb, queue, since, exclusive, deadline, 0);
    }

    /** The one that put a request to sleep last; null if it has never slept. */
    static @Nullable BlockedRun lastOf(RequestSide request) {
        return (BlockedRun) request.run();
    }

    @Override
    public int moved() {
        return verb == Verb.WRITE ? progress : 0;
    }

    @Override
    public void wakeQueue() {
        queue.wakeUp();
    }

    @Override
    public int removalAnswer() {
        return answers().asleepOrErrno(verb, moved());
    }

    @Override
    public boolean isServedLater() {
        return answers().isServedLater(file, verb);
    }

    private RemovalAnswers answers() {
        return file.gate().answers();
    }

    /** The deadline after so long from now. */
    static long deadlineAfter(long timeout, TimeUnit unit) {
        // Differences of nanoTime are meaningful up to 292 years.
        long nanos = Math.min(Math.max(0, unit.toNanos(timeout)), Long.MAX_VALUE / 2);
        long deadline = System.nanoTime() + nanos;
        return deadline == NONE ? NONE + 1 : deadline;
    }

    /** Nanoseconds until the deadline; 0 or less once it is over. */
    static long left(long deadline) {
        return deadline - System.nanoTime();
    }

    boolean isTimed() {
        return deadline != NONE;
    }
}
