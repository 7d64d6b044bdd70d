package org.cdevgate.fuse.session;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.cdevgate.fuse.protocol.FuseRequest;

/**
 * The requests that an interrupt may be for, by {@link FuseRequest#unique}. Requests that a worker
 * runs to their end before anybody reads the next one are not here, which keeps the common request
 * free of it: while one runs, no interrupt can be read.
 */
final class InFlightTable {
    private final ConcurrentHashMap<Long, HeldRequest> requests = new ConcurrentHashMap<>();

    void put(HeldRequest request) {
        requests.put(request.unique(), request);
    }

    void remove(HeldRequest request) {
        requests.remove(request.unique(), request);
    }

    HeldRequest get(long unique) {
        return requests.get(unique);
    }

    /** Interrupts a request; one that is not here has been answered. */
    void interrupt(long unique) {
        HeldRequest request = requests.get(unique);
        if (request != null) {
            request.interrupt();
        }
    }

    Collection<HeldRequest> all() {
        return requests.values();
    }

    /** Whether a request was interrupted and its thread is still in the driver. */
    boolean hasInterrupted() {
        if (isEmpty()) {
            return false; // asked at each tick of the monitor: no iterator for nothing
        }
        for (HeldRequest request : requests.values()) {
            if (request.isIgnoringInterrupt()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a driver uses the memory of a caller at this moment. */
    boolean isAccessing() {
        return requests.values().stream().anyMatch(HeldRequest::isAccessing);
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }
}
