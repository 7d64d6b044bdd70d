package org.cdevgate.cli.explore;

/** Hears how far an exploration has come. Called by any thread, one at a time. */
public interface ExploreProgress {
    /**
     * Another run has ended.
     *
     * @param done of the runs at points
     * @param nanos since the first of them began
     */
    void ran(int done, int points, long nanos);
}
