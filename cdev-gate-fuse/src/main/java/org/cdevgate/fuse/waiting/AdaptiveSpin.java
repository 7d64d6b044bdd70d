package org.cdevgate.fuse.waiting;

import java.util.concurrent.TimeUnit;

/**
 * Decides how a receiver waits for the next request: asleep, by looking for it again and again
 * (spinning), or asleep on the processor of its client.
 *
 * <p>Where client and server run on different processors, each call waits twice until an idle
 * processor has woken up, and that is most of its time. Side by side on one there is no such wait,
 * so a single client is joined. If it cannot be, a spin helps: a server that does not sleep is not
 * waited for, and answers before the client's processor falls deeply asleep. Many clients keep all
 * processors busy; among them a spin gains a little. Beside a single client it only delays. What is
 * the case cannot be asked, so it is tried: some requests are timed asleep, then as many spinning,
 * and a spin that does not pay is tried ever less often.
 *
 * <pre>
 *   SLEEPING ──a while──▶ REFERENCE ──a window──▶ TRYING ──a window, it pays──▶ SPINNING
 *      ▲                   │   ▲                     │                          │   │
 *      ├─── no need ───────┘   └───────────────────── after many requests ──────┼───┘
 *      └──────────────────────── it does not pay, or finds nothing ─────────────┘
 * </pre>
 *
 * A reference that shows one client far away is made anew after the move to it.
 *
 * <p>For one thread.
 */
public final class AdaptiveSpin {
    /** Slower than what a spin could wait for; longer pauses count as this one. */
    private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(250);

    /** Faster than any two wake-ups: nobody can be waiting for an idle processor. */
    private static final long FAST = TimeUnit.MICROSECONDS.toNanos(20);

    private static final int FIRST_WAIT = 64;
    private static final int MAX_WAIT = 32_768;
    private static final int AGAIN = 8_192; // requests of a spin that pays, until it is doubted
    private static final int EARLY = 64; // when a trial that is clearly worse ends
    private static final int MISSES = 2;
    // A client that was joined may leave again: it is joined at most so many times, and each time
    // is judged by so many requests.
    private static final int JOINS = 8;
    private static final int JOIN_WINDOW = 16;

    private static final int BLOCK = 64;
    private static final int MANY = -1;

    private enum Mode {
        SLEEPING,
        REFERENCE,
        TRYING,
        SPINNING
    }

    /** How fast requests come while the receiver sleeps for them. */
    private enum Pace {
        /** The spin is as long as two wake-ups take at most; if it pays, then by much. */
        SLOW(120, 48, 70),
        /** What can be gained is little, and as much as the scheduler's moods change: a window. */
        FAST(20, 512, 95);

        final long limit; // of a spin, in nanoseconds
        final int window; // requests that are timed together
        final int percent; // what a spin has to take at most of the time without it

        Pace(long micros, int window, int percent) {
            this.limit = TimeUnit.MICROSECONDS.toNanos(micros);
            this.window = window;
            this.percent = percent;
        }
    }

    private Mode mode = Mode.SLEEPING;
    private Pace pace = Pace.SLOW;
    private int left = FIRST_WAIT; // requests until the mode is looked at
    private int wait = FIRST_WAIT;
    private int misses;
    // Who calls: of each block of requests, how often one came from another client than the one
    // before, and what that told.
    private int block;
    private int turns;
    private int lastClient;
    private int callers; // a client, or MANY

    private int joins; // moves to the client, since the last window in which it was not far
    private long last;

    // The window: how many requests, and how long they took.
    private int count;
    private long time;
    private long slept; // of a request in the window before the trial

    /** How long to spin for the next request at most, in nanoseconds; 0: not at all. */
    public long limit() {
        return mode == Mode.TRYING || mode == Mode.SPINNING ? pace.limit : 0;
    }

    /**
     * A request has been served.
     *
     * @param now as System.nanoTime() tells it
     * @param client the thread that made it, 0 if it is not known
     * @param missed whether it did not come within the limit
     * @return whether this thread should now move to the processor of the client
     */
    public boolean served(long now, int client, boolean missed) {
        count++;
        time += Math.min(now - last, PAUSE);
        last = now;
        left--;
        if (haveCallersChanged(client)) {
            // What was found out was found out about others.
            wait = FIRST_WAIT;
            joins = 0;
            begin(Mode.REFERENCE);
            return false;
        }
        if (mode == Mode.REFERENCE) {
            return refer();
        }
        if (mode == Mode.SLEEPING) {
            if (left <= 0) {
                begin(Mode.REFERENCE);
            }
        } else if (!isMissing(missed)) {
            if (mode == Mode.TRYING) {
                judge();
            } else {
                watch();
            }
        }
        return false;
    }

    /** The thread could not move, or was there already. */
    public void notJoined() {
        joins = JOINS; // the reference that has begun is for a trial
    }

    private boolean haveCallersChanged(int client) {
        if (client != lastClient && client != 0) {
            lastClient = client;
            turns++;
        }
        block++;
        if (block < BLOCK) {
            return false;
        }
        int before = callers;
        callers = turns * 8 < BLOCK ? lastClient : MANY;
        block = 0;
        turns = 0;
        return callers != before;
    }

    private boolean isOneClient() {
        return callers != MANY;
    }

    private void begin(Mode next) {
        mode = next;
        count = 0;
        time = 0;
        misses = 0;
    }

    private void beginTrial() {
        joins = 0;
        begin(Mode.TRYING);
    }

    private long mean() {
        return time / count;
    }

    private boolean pays() {
        return mean() * 100 < slept * pace.percent;
    }

    private boolean refer() {
        if (count < (joins == 0 ? Pace.SLOW.window : JOIN_WINDOW)) {
            return false;
        }
        pace = mean() < FAST ? Pace.FAST : Pace.SLOW;
        if (mean() > PAUSE / 2 || (pace == Pace.FAST && isOneClient())) {
            joins = 0;
            begin(Mode.SLEEPING);
            left = FIRST_WAIT;
        } else if (pace == Pace.SLOW && isOneClient() && joins < JOINS) {
            joins++;
            begin(Mode.REFERENCE);
            return true;
        } else if (pace == Pace.SLOW || count >= pace.window) {
            slept = mean();
            beginTrial();
        }
        return false;
    }

    private void judge() {
        if (count == EARLY && mean() > slept * 5 / 4) {
            giveUp();
        } else if (count >= pace.window) {
            if (pays()) {
                begin(Mode.SPINNING);
                left = AGAIN;
                wait = FIRST_WAIT;
            } else {
                giveUp();
            }
        }
    }

    private void watch() {
        if (left <= 0) {
            begin(Mode.REFERENCE); // the scheduler may have brought both together meanwhile
        } else if (count >= pace.window) {
            if (pays()) {
                begin(Mode.SPINNING);
            } else {
                giveUp();
            }
        }
    }

    private boolean isMissing(boolean missed) {
        if (missed) {
            misses++;
            if (misses >= MISSES) {
                giveUp();
                return true;
            }
        }
        return false;
    }

    private void giveUp() {
        begin(Mode.SLEEPING);
        left = wait;
        wait = Math.min(2 * wait, MAX_WAIT);
    }
}
