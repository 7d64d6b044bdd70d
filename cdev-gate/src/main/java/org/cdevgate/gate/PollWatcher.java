package org.cdevgate.gate;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * A front's interest in the wake-ups of queues, one per open file: of those that the driver's poll
 * named, and of those that calls would have slept on that must not sleep ({@link
 * Caller#pollWatcher}). It stays until {@link #stop()}; the kernel does not arm it anew for each
 * wait.
 */
public abstract class PollWatcher {
    // Guarded by this; never held while a queue's lock is taken by stop(). Weak: a queue that the
    // driver has let go of wakes nobody any more, and a driver may make one for each call.
    private List<WeakReference<GateWaiters>> watched = new ArrayList<>(2);
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
        List<WeakReference<GateWaiters>> leave;
        synchronized (this) {
            stopped = true;
            leave = watched;
            watched = Collections.emptyList(); // no queue is added any more; needs no memory
        }
        for (int i = 0; i < leave.size(); i++) {
            GateWaiters waiters = leave.get(i).get();
            if (waiters != null) {
                waiters.removeWatcher(this);
            }
        }
    }

    /** Whether the list was not watched yet and the watcher may join it. */
    final synchronized boolean join(GateWaiters waiters) {
        if (stopped) {
            return false;
        }
        for (Iterator<WeakReference<GateWaiters>> all = watched.iterator(); all.hasNext(); ) {
            GateWaiters each = all.next().get();
            if (each == waiters) {
                return false;
            }
            if (each == null) {
                all.remove();
            }
        }
        watched.add(new WeakReference<>(waiters));
        return true;
    }

    /** The list was not joined after all. */
    final synchronized void leave(GateWaiters waiters) {
        watched.removeIf(each -> each.refersTo(waiters));
    }

    /** The number of queues that are watched; for tests of what is forgotten. */
    final synchronized int watches() {
        return watched.size();
    }

    final synchronized boolean isStopped() {
        return stopped;
    }
}
