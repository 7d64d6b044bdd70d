package org.cdevgate.gate;

import java.util.ArrayList;
import java.util.List;

/**
 * A front's interest in the wake-ups of the queues that a driver's poll named, one per open file.
 * It stays until {@link #stop()}; the kernel does not arm it anew for each wait.
 */
public abstract class PollWatcher {
    // Guarded by this; never held while a queue's lock is taken by stop().
    private final List<GateWaiters> watched = new ArrayList<>(2);
    private boolean stopped;

    /** For fronts to extend. */
    protected PollWatcher() {}

    /**
     * A queue was woken: whoever polls the file should ask again. Called on the waking thread,
     * under a lock of the queue's: must not block, throw or call back into the gate. May be called
     * without need.
     */
    protected abstract void wakeUp();

    /** Leaves all queues; {@link #wakeUp()} is not called after this has returned. */
    public final void stop() {
        List<GateWaiters> leave;
        synchronized (this) {
            stopped = true;
            leave = new ArrayList<>(watched);
            watched.clear();
        }
        for (GateWaiters waiters : leave) {
            waiters.removeWatcher(this);
        }
    }

    /** Whether the list was not watched yet and the watcher may join it. */
    final synchronized boolean join(GateWaiters waiters) {
        if (stopped || watched.contains(waiters)) {
            return false;
        }
        watched.add(waiters);
        return true;
    }

    final synchronized boolean isStopped() {
        return stopped;
    }
}
