package org.cdevgate.fuse.explore;

import java.util.List;

/** Whose turn it is, in one run. */
interface Strategy {
    /** A thread begins. */
    void started(Task task);

    /**
     * Chooses who goes on.
     *
     * @param mayContinue whether the first of the ready ones is the one whose turn it was
     * @param ready who can go on, not empty
     * @param timed who waits with a time limit, which ends early if it is chosen
     */
    Task choose(boolean mayContinue, List<Task> ready, List<Task> timed);
}
