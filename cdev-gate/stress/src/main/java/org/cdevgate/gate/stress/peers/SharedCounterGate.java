package org.cdevgate.gate.stress.peers;

import java.util.concurrent.atomic.AtomicLong;

/**
 * One shared counter of the calls in flight, with the flag as its sign: what "a refcount, a lock
 * and a flag" comes to.
 *
 * <p><b>Correct</b> because flag and count are one word: an enter either comes before the flag in
 * the order of that word's changes, and is counted when the remover looks, or it reads the sign.
 * Each change is atomic and volatile, so what a call did happens-before the remover that sees it
 * gone.
 *
 * <p><b>Costs</b> an exclusive cache line for each enter and exit: cheap alone, and several times
 * as much as soon as a second processor calls, because the line then moves between them each time.
 *
 * <p><b>Cannot keep</b>: a ticket says nothing, so a second or foreign exit corrupts the count
 * (promise 12); removal from inside a call deadlocks (9); a report can say how many calls are in
 * flight, not which (10); there is nothing to wake a sleeper with (5, 6).
 */
public final class SharedCounterGate implements RemovableGate {
    private static final long REMOVING = Long.MIN_VALUE;
    private static final long TICKET = 1;

    private final AtomicLong calls = new AtomicLong();
    private final Teardown teardown;

    // The sign again, on a line that calls do not write: each thread disturbs the drain at most
    // once after it is set, so callers that are refused cannot hold up the remover.
    private volatile boolean removing;

    public SharedCounterGate(Runnable teardown) {
        this.teardown = new Teardown(teardown);
    }

    @Override
    public long enter() {
        if (removing) {
            return 0;
        }
        if (calls.getAndIncrement() < 0) {
            leave();
            return 0;
        }
        return TICKET;
    }

    @Override
    public void exit(long ticket) {
        if (ticket != TICKET) {
            throw new IllegalArgumentException("ticket " + ticket + " is not of enter()");
        }
        leave();
    }

    private void leave() {
        if (calls.decrementAndGet() == REMOVING) {
            teardown.callLeft();
        }
    }

    @Override
    public boolean unregisterSync() {
        if (!teardown.claim()) {
            teardown.awaitFinished();
            return false;
        }
        calls.getAndAdd(REMOVING);
        removing = true;
        teardown.runWhen(() -> calls.get() == REMOVING);
        return true;
    }
}
