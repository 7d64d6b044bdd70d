package org.cdevgate.gate;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The queues on which calls of one gate have slept or polled, and the clock of their wake-ups, see
 * {@link GateWaiters}.
 */
final class GateQueues {
    private static final AtomicLongFieldUpdater<GateQueues> WAKE_CLOCK =
            AtomicLongFieldUpdater.newUpdater(GateQueues.class, "wakeClock");

    private final FopsGate gate;

    private volatile long wakeClock; // through WAKE_CLOCK

    // Guarded by this; no entry is added once the flag is set; null before the first. Weak: a
    // driver may make a queue for each open file, and its part of a queue lives as long as the
    // queue, a sleeper or a watcher refers to it, and without those there is nobody to wake.
    private @Nullable Set<WeakReference<GateWaiters>> waiters;
    private @Nullable ReferenceQueue<GateWaiters> forgotten;

    GateQueues(FopsGate gate) {
        this.gate = gate;
    }

    /** False once the flag is set. */
    boolean add(GateWaiters made) {
        synchronized (this) {
            if (gate.isRemoving()) {
                return false;
            }
            if (waiters == null || forgotten == null) {
                forgotten = new ReferenceQueue<>();
                waiters = new HashSet<>();
            }
            for (Object gone; (gone = forgotten.poll()) != null; ) {
                waiters.remove(gone);
            }
            waiters.add(new WeakReference<>(made, forgotten));
            return true;
        }
    }

    /** All queues' parts of this gate; after the flag is set no more are added. */
    List<GateWaiters> all() {
        List<GateWaiters> all = new ArrayList<>();
        synchronized (this) {
            if (waiters == null) {
                return all;
            }
            for (WeakReference<GateWaiters> each : waiters) {
                GateWaiters alive = each.get();
                if (alive != null) {
                    all.add(alive);
                }
            }
        }
        return all;
    }

    /** By a wake-up of one of the queues. */
    long advanceWakeClock() {
        return WAKE_CLOCK.incrementAndGet(this);
    }

    /** The clock that each wake-up advances. */
    long wakeClock() {
        return wakeClock;
    }
}
