package org.cdevgate.fuse.session;

import org.jspecify.annotations.Nullable;

/**
 * Interrupted requests that the monitor looks at in each of its rounds. Links are in the requests:
 * see {@link WokenRequests}. A request is added by any thread and taken by the monitor, which adds
 * it again before it does anything that may fail.
 */
final class WatchList {
    // Guarded by this, with the links.
    private @Nullable HeldRequest round;
    private @Nullable HeldRequest nextRound;

    // Written under the lock; read without it as a hint.
    private volatile boolean empty = true;

    boolean isEmpty() {
        return empty;
    }

    /** Has a request looked at in the next round; one that is here already stays. */
    synchronized void add(HeldRequest request) {
        if (!request.isWatched) {
            request.isWatched = true;
            request.nextWatched = nextRound;
            nextRound = request;
            empty = false;
        }
    }

    /** Begins a round, if the last one has come to its end. */
    synchronized void begin() {
        if (round == null) {
            round = nextRound;
            nextRound = null;
        }
    }

    /** The next request of this round; null at its end. */
    synchronized @Nullable HeldRequest poll() {
        HeldRequest next = round;
        if (next == null) {
            empty = nextRound == null;
            return null;
        }
        round = next.nextWatched;
        next.nextWatched = null;
        next.isWatched = false;
        return next;
    }
}
