package org.cdevgate.gate.sides;

/** The sleepers and pollers of one gate on one queue, as they see it. */
public interface SleeperList {
    /** Takes a sleeper off; false if it is not on this list. */
    boolean remove(Sleeper sleeper);

    /** Tells a watcher nothing more. */
    void removeWatcher(WatcherSide watcher);
}
