package org.cdevgate.cli.program;

import java.time.Duration;

/**
 * Judges whether a program has ended in all but name, once its devices are gone for good: it does
 * nothing any more, or it calls them again and again. Fed with what is seen of it every few
 * milliseconds. For one thread.
 */
final class Patience {
    /** What is the matter. */
    enum Verdict {
        /** Nothing, or nothing yet. */
        GOES_ON,
        /** No call and no processor time for so long. */
        HANGS,
        /** A call in each look for so long, though every one is refused. */
        SPINS
    }

    private final long limitNanos;

    private boolean begun;
    private long calls;
    private long work;
    private long stillSince;
    private long busySince;

    Patience(Duration limit) {
        limitNanos = limit.toNanos();
    }

    /**
     * Takes a look.
     *
     * @param now of System.nanoTime()
     * @param gone whether the devices are gone for good
     * @param newCalls how many calls of devices there were
     * @param newWork processor time, and whatever else grows while something is done
     */
    Verdict look(long now, boolean gone, long newCalls, long newWork) {
        boolean called = newCalls != calls;
        boolean still = !called && newWork == work;
        calls = newCalls;
        work = newWork;
        if (!gone || !begun) {
            begun = gone;
            stillSince = now;
            busySince = now;
            return Verdict.GOES_ON;
        }
        if (!still) {
            stillSince = now;
        }
        if (!called) {
            busySince = now;
        }
        if (now - stillSince >= limitNanos) {
            return Verdict.HANGS;
        }
        return now - busySince >= limitNanos ? Verdict.SPINS : Verdict.GOES_ON;
    }
}
