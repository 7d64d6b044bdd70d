package org.cdevgate.gate.front;

import org.cdevgate.gate.sides.WatcherSide;

/**
 * A front's interest in the wake-ups of queues, one per open file: of those that the driver's poll
 * named, and of those that calls would have slept on that must not sleep ({@link
 * Caller#pollWatcher}). It stays until {@link #stop()}; the kernel does not arm it anew for each
 * wait.
 *
 * <pre>{@code
 * PollWatcher watcher = new PollWatcher() {
 *     @Override
 *     protected void wakeUp() {
 *         kernel.notifyPoll(handle); // the kernel polls again
 *     }
 * };
 * }</pre>
 */
public abstract class PollWatcher {
    final WatcherSide side = new Side(); // the gate finds it too

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
        side.stop();
    }

    private final class Side extends WatcherSide {
        @Override
        public void wakeUp() {
            PollWatcher.this.wakeUp();
        }
    }
}
