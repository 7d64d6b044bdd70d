package org.cdevgate.fuse.channel;

import java.util.concurrent.TimeUnit;

/**
 * Decides whether a receiver looks for the next request again and again before it sleeps for it.
 *
 * <p>Where client and server run on different processors, each call waits twice until an idle
 * processor has woken up, and that is most of its time; a server that does not sleep makes it once,
 * and keeps the client's processor from falling deeply asleep. Where they share a processor, or
 * many clients keep the server busy, spinning only delays them. Which it is cannot be asked, so it
 * is tried: only while requests come so slowly that there is something to gain, never for longer
 * than a few requests, and ever less often while it does not pay.
 *
 * <p>For one thread.
 */
final class AdaptiveSpin {
    /** Longest spin for one request; what one takes to come that wakes a processor, twice. */
    static final long LIMIT = TimeUnit.MICROSECONDS.toNanos(120);

    /** Faster than any two wake-ups: requests that come sooner than this are left alone. */
    private static final long WORTH = TimeUnit.MICROSECONDS.toNanos(20);

    /** Slower than what a spin could wait for; longer pauses count as this one. */
    private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(250);

    private static final int TRIAL = 48;
    private static final int AGAIN = 8_192; // requests of a spin that pays, until it is doubted
    private static final int DOUBT = 32;
    private static final int FIRST_WAIT = 64;
    private static final int LONGEST_WAIT = 32_768;
    private static final int MISSES = 2;
    private static final int FORGIVEN_AFTER = 64;

    private enum Mode {
        SLEEPING,
        TRYING,
        SPINNING
    }

    private Mode mode = Mode.SLEEPING;
    private int left = FIRST_WAIT; // requests until the mode is looked at
    private int wait = FIRST_WAIT;
    private int misses;
    private long mean = PAUSE; // moving, of the time from one request to the next
    private long slept; // the mean before the trial
    private long last;

    /** How long to spin for the next request at most, in nanoseconds; 0: not at all. */
    long limit() {
        return mode == Mode.SLEEPING ? 0 : LIMIT;
    }

    /**
     * A request came.
     *
     * @param now as System.nanoTime() tells it
     * @param missed whether it did not come within the limit
     */
    void received(long now, boolean missed) {
        long since = Math.min(now - last, PAUSE);
        last = now;
        left--;
        if (mode == Mode.SLEEPING) {
            mean += (since - mean) / 8;
            if (left <= 0) {
                startIfWorth();
            }
        } else if (missed) {
            misses++;
            if (misses >= MISSES) {
                giveUp();
            }
        } else {
            mean += (since - mean) / 8;
            if (mode == Mode.TRYING) {
                judge();
            } else {
                watch();
            }
        }
    }

    private void startIfWorth() {
        if (mean < WORTH || mean > PAUSE / 2) {
            left = FIRST_WAIT;
            return;
        }
        slept = mean;
        misses = 0;
        mode = Mode.TRYING;
        left = TRIAL;
    }

    private void judge() {
        if (left > 0) {
            return;
        }
        if (pays()) {
            mode = Mode.SPINNING;
            left = AGAIN;
            wait = FIRST_WAIT;
        } else {
            giveUp();
        }
    }

    private void watch() {
        if (left % FORGIVEN_AFTER == 0) {
            misses = 0;
            if (!pays()) {
                giveUp();
                return;
            }
        }
        if (left <= 0) { // the scheduler may have brought both together meanwhile
            mode = Mode.SLEEPING;
            left = DOUBT;
        }
    }

    private boolean pays() {
        return mean < slept * 7 / 10;
    }

    private void giveUp() {
        mode = Mode.SLEEPING;
        left = wait;
        wait = Math.min(2 * wait, LONGEST_WAIT);
        mean = slept;
    }
}
