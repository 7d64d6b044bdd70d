package org.cdevgate.gate.sides;

import java.util.Objects;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A request that sleeps outside the gate: of a front without a thread, or of a parked one. */
public abstract class RequestSide extends Sleeper {
    private volatile @Nullable Blocked run;
    private volatile @Nullable Future<?> timer;

    protected RequestSide() {}

    /** The queue was woken, or unread data is delivered at the removal. */
    public abstract void runAgain();

    /** The removal began. */
    public abstract void removed(int answer);

    /** Takes the request back from its queue; false if somebody else did. */
    public final boolean wake() {
        boolean was = cancel();
        if (was) {
            stopTimer();
        }
        return was;
    }

    /** The bytes that its write has taken in its runs. */
    public final int moved() {
        Blocked last = run;
        return last == null ? 0 : last.moved(); // it is about to sleep for the first time
    }

    /** Hands a wake-up on that may have been meant for this request alone. */
    public final void passOnWakeUp() {
        Blocked last = run;
        if (exclusive && last != null) {
            last.wakeQueue();
        }
    }

    /** The run of the verb that put it to sleep last; null if it has never slept. */
    public final @Nullable Blocked run() {
        return run;
    }

    /** It is about to sleep after this run. */
    public final void run(Blocked newRun) {
        run = newRun;
    }

    /** What ends the sleep that has begun, unless somebody does before. */
    public final void timer(Future<?> started) {
        timer = started;
        // Who took it off the queue meanwhile may have looked for the timer before there was one.
        if (!isQueued()) {
            stopTimer();
        }
    }

    /** Whether its timer is running, for tests. */
    public final boolean isTimed() {
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
    public final void woken() {
        try {
            stopTimer();
        } finally {
            handedOn = true;
            runAgain(); // a timer that goes on finds nobody asleep
        }
    }

    @Override
    public final void gone() {
        try {
            stopTimer();
        } finally {
            Blocked last = Objects.requireNonNull(run); // it was asleep
            int answer = last.removalAnswer();
            boolean servedLater = last.isServedLater();
            handedOn = true;
            if (servedLater) {
                runAgain();
            } else {
                removed(answer);
            }
        }
    }
}
