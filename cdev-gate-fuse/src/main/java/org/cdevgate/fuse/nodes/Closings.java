package org.cdevgate.fuse.nodes;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The releases of one device that are going on. Those that take long run on threads of their own,
 * and close(2) does not wait for them; but who opens the device after a close finds it released, so
 * an open waits for the releases that came before it.
 *
 * <p>Any thread. A release is put in by the thread that reads requests, before it reads the next.
 */
final class Closings {
    // Guarded by this, in the order in which they came.
    private final Map<Object, Long> releasing = new LinkedHashMap<>(2);
    private long count;

    // Written under the lock; read without it by the thread that reads requests: what came before
    // the request that it looks for has been put in.
    private volatile boolean some;

    /** The release of a file begins. */
    synchronized void begin(Object file) {
        releasing.put(file, count++);
        some = true;
    }

    /** It has ended, in whichever way. */
    synchronized void end(Object file) {
        releasing.remove(file);
        some = !releasing.isEmpty();
        notifyAll();
    }

    /** Whether a release goes on. */
    boolean isAny() {
        return some;
    }

    /** The device is going: whoever waits looks again. */
    synchronized void deviceFlagged() {
        notifyAll();
    }

    /**
     * Waits for the end of those that have begun by now.
     *
     * @param given whether to wait no longer; asked after {@link #deviceFlagged}
     * @throws InterruptedException if this thread is interrupted
     */
    synchronized void awaitEarlier(BooleanSupplier given) throws InterruptedException {
        long limit = count;
        while (!given.getAsBoolean() && isAnyBefore(limit)) {
            wait();
        }
    }

    private boolean isAnyBefore(long limit) {
        return !releasing.isEmpty() && releasing.values().iterator().next() < limit;
    }
}
