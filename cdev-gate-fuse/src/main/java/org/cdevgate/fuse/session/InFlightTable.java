package org.cdevgate.fuse.session;

import org.cdevgate.fuse.protocol.FuseRequest;
import org.jspecify.annotations.Nullable;

/**
 * The requests that an interrupt may be for, by {@link FuseRequest#unique}. Requests that a worker
 * runs to their end before anybody reads the next one are not here, which keeps the common request
 * free of it: while one runs, no interrupt can be read.
 *
 * <p>A hash table whose links are in the requests and which does not grow: to make a request
 * findable needs no memory, so it cannot fail.
 */
final class InFlightTable {
    private static final int BUCKETS = 4096; // power of 2

    // Guarded by this, with the links.
    private final @Nullable HeldRequest[] buckets = new HeldRequest[BUCKETS];

    // Written under the lock; read without it as a hint.
    private volatile int size;

    // The kernel counts in steps of 2 (FUSE_REQ_ID_STEP).
    private static int indexOf(long unique) {
        return (int) (unique >>> 1) & (BUCKETS - 1);
    }

    /** Adds a request that was never here before. */
    void put(HeldRequest request) {
        put(request, indexOf(request.unique()));
    }

    private synchronized void put(HeldRequest request, int index) {
        request.nextInTable = buckets[index];
        buckets[index] = request;
        size++;
    }

    /** Takes a request out, if it is here. */
    void remove(HeldRequest request) {
        remove(request, indexOf(request.unique()));
    }

    // Leaves the request's own link, by which who has just come to it goes on.
    private synchronized void remove(HeldRequest request, int index) {
        HeldRequest before = null;
        HeldRequest each = buckets[index];
        while (each != null && each != request) {
            before = each;
            each = each.nextInTable;
        }
        if (each == null) {
            return;
        }
        if (before == null) {
            buckets[index] = each.nextInTable;
        } else {
            before.nextInTable = each.nextInTable;
        }
        size--;
    }

    /** The request, or null. */
    @Nullable HeldRequest get(long unique) {
        return get(unique, indexOf(unique));
    }

    private synchronized @Nullable HeldRequest get(long unique, int index) {
        HeldRequest each = buckets[index];
        while (each != null && each.unique() != unique) {
            each = each.nextInTable;
        }
        return each;
    }

    /** Interrupts a request; one that is not here has been answered. */
    void interrupt(long unique) {
        HeldRequest request = get(unique);
        if (request != null) {
            request.interrupt();
        }
    }

    /** Begins a walk over all, which sees every request that is here from its begin to its end. */
    @Nullable HeldRequest first() {
        return firstFrom(0);
    }

    /** Goes on with the walk; null at its end. The request may have been taken out meanwhile. */
    synchronized @Nullable HeldRequest after(HeldRequest request) {
        HeldRequest next = request.nextInTable;
        return next != null ? next : firstFrom(indexOf(request.unique()) + 1);
    }

    private synchronized @Nullable HeldRequest firstFrom(int index) {
        for (int i = index; i < BUCKETS; i++) {
            if (buckets[i] != null) {
                return buckets[i];
            }
        }
        return null;
    }

    /** Whether a driver uses the memory of a caller at this moment. */
    boolean isAccessing() {
        for (HeldRequest each = first(); each != null; each = after(each)) {
            if (each.isAccessing()) {
                return true;
            }
        }
        return false;
    }

    boolean isEmpty() {
        return size == 0;
    }
}
