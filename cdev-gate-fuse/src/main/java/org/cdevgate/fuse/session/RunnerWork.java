package org.cdevgate.fuse.session;

import org.jspecify.annotations.Nullable;

/**
 * What the runner has to do: the requests that slept without a thread and were woken, and whether
 * any of them may run now.
 */
final class RunnerWork {
    private final FuseSession session;
    private final WokenRequests woken = new WokenRequests(this::mayRun);

    /** Of the woken requests none may run. Set before the look that shows it. */
    private volatile boolean noneMayRun;

    RunnerWork(FuseSession session) {
        this.session = session;
    }

    /**
     * Queues a woken request and makes sure that somebody runs it. May be called with hardly any
     * stack left, and needs no memory.
     */
    void add(HeldRequest request) {
        woken.add(request);
        noneMayRun = false;
        if (session.end().hasBegun() && woken.remove(request)) {
            request.abandon(); // the end may have looked before it was added
            return;
        }
        wakeRunner();
    }

    private void wakeRunner() {
        if (session.roles().isOpen(Role.RUNNER)) {
            session.workers().wakeOne();
        }
    }

    /** Whether somebody should have the runner's role. */
    boolean isWanted() {
        return !woken.isEmpty() && !noneMayRun;
    }

    /**
     * At the bound only requests of devices that are going are run: the gate refuses them. They run
     * also where no thread is to be had for a standby: the reader is another thread, and lets in
     * nothing that might park.
     */
    private boolean mayRun(HeldRequest request) {
        return session.shares().mayRunAgain(request.charge()) || request.isRefused();
    }

    /** The next request for the runner; null if it has lost its role, for want of one. */
    @Nullable HeldRequest next(Worker worker) {
        while (true) {
            session.workers().hasStandby();
            noneMayRun = true; // what changes from here on clears it, and is seen below
            HeldRequest next = woken.poll();
            if (next != null) {
                noneMayRun = false;
                return next;
            }
            session.roles().release(Role.RUNNER, worker);
            // What changed before the role was given up found it taken.
            if (!session.roles().take(Role.RUNNER, worker)) {
                return null;
            }
        }
    }

    /** Takes a request that waits to be run again; true for one caller, the runner included. */
    boolean take(HeldRequest request) {
        return woken.remove(request);
    }

    /** A call came back from a driver, so that another may park. */
    void hasRoomAgain() {
        noneMayRun = false;
        wakeRunner();
    }

    /** A round of the monitor: room is found that nobody told of. */
    void lookForRoom() {
        if (noneMayRun && woken.mayAnyRun()) {
            noneMayRun = false;
        }
    }

    boolean isEmpty() {
        return woken.isEmpty();
    }

    /** The session has ended: none is run again. */
    void abandonAll() {
        for (HeldRequest request; (request = woken.pollAny()) != null; ) {
            request.abandon();
        }
    }
}
