package org.cdevgate.fuse.session;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The requests that slept without a thread and are to be run again, first come, first served.
 *
 * <p>The links are in the requests, so that queueing needs no memory; and the methods that change
 * them call nothing, so that no stack overflow can end them half-way: HotSpot looks for room at the
 * entry of a method.
 */
final class WokenRequests {
    private final Predicate<HeldRequest> mayRun;

    // Guarded by this, with the links.
    private @Nullable HeldRequest first;
    private @Nullable HeldRequest last;

    // Written under the lock; read without it as a hint.
    private volatile int size;

    /**
     * @param mayRun whether there is room for a request
     */
    WokenRequests(Predicate<HeldRequest> mayRun) {
        this.mayRun = mayRun;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Adds a request; one that is here already stays where it is. */
    synchronized void add(HeldRequest request) {
        if (request.isWoken) {
            return;
        }
        request.isWoken = true;
        request.previousWoken = last;
        request.nextWoken = null;
        if (last == null) {
            first = request;
        } else {
            last.nextWoken = request;
        }
        last = request;
        size++;
    }

    /** Takes a request; false if it is not here, because another has taken it. */
    synchronized boolean remove(HeldRequest request) {
        if (!request.isWoken) {
            return false;
        }
        HeldRequest before = request.previousWoken;
        HeldRequest after = request.nextWoken;
        if (before == null) {
            first = after;
        } else {
            before.nextWoken = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previousWoken = before;
        }
        request.isWoken = false;
        request.previousWoken = null;
        request.nextWoken = null;
        size--;
        return true;
    }

    private synchronized @Nullable HeldRequest first() {
        return first;
    }

    private synchronized @Nullable HeldRequest after(HeldRequest request) {
        return request.nextWoken; // null also of one that was taken: the search ends early
    }

    /** Takes the first that may run now; null if there is none. */
    @Nullable HeldRequest poll() {
        for (HeldRequest each = first(); each != null; each = after(each)) {
            if (mayRun.test(each) && remove(each)) {
                return each;
            }
        }
        return null;
    }

    /** Takes the first, whether it may run or not; null if there is none. */
    @Nullable HeldRequest pollAny() {
        while (true) {
            HeldRequest next = first();
            if (next == null || remove(next)) {
                return next;
            }
        }
    }

    /** Whether there is one that may run now. */
    boolean mayAnyRun() {
        for (HeldRequest each = first(); each != null; each = after(each)) {
            if (mayRun.test(each)) {
                return true;
            }
        }
        return false;
    }
}
