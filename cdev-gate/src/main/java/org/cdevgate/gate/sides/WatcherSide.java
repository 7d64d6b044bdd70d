package org.cdevgate.gate.sides;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/** Who polls a file, and the queues whose wake-ups it is told of. */
public abstract class WatcherSide {
    // Guarded by this; never held while a queue's lock is taken by stop(). Weak: a queue that the
    // driver has let go of wakes nobody any more, and a driver may make one for each call.
    private List<WeakReference<SleeperList>> watched = new ArrayList<>(2);
    private boolean stopped;

    protected WatcherSide() {}

    /** A queue was woken; called under its lock. */
    public abstract void wakeUp();

    /** Leaves all queues; {@link #wakeUp()} is not called after this has returned. */
    public final void stop() {
        List<WeakReference<SleeperList>> leave;
        synchronized (this) {
            stopped = true;
            leave = watched;
            watched = Collections.emptyList(); // no queue is added any more; needs no memory
        }
        for (int i = 0; i < leave.size(); i++) {
            SleeperList list = leave.get(i).get();
            if (list != null) {
                list.removeWatcher(this);
            }
        }
    }

    /** Whether the list was not watched yet and the watcher may join it. */
    public final synchronized boolean join(SleeperList list) {
        if (stopped) {
            return false;
        }
        for (Iterator<WeakReference<SleeperList>> all = watched.iterator(); all.hasNext(); ) {
            SleeperList each = all.next().get();
            if (each == list) {
                return false;
            }
            if (each == null) {
                all.remove();
            }
        }
        watched.add(new WeakReference<>(list));
        return true;
    }

    /** The list was not joined after all. */
    public final synchronized void leave(SleeperList list) {
        watched.removeIf(each -> each.refersTo(list));
    }

    /** The number of queues that are watched; for tests of what is forgotten. */
    public final synchronized int watches() {
        return watched.size();
    }

    public final synchronized boolean isStopped() {
        return stopped;
    }
}
