package org.cdevgate.cli.explore;

/**
 * What is seen of a run at one time. Numbers only grow.
 *
 * @param nanos when
 * @param begun calls that reached a device
 * @param refused calls of a device that is gone
 * @param output bytes written
 * @param busy whether a process of it runs, is about to, or waits for a disk
 * @param hit whether what was to go wrong has
 * @param there whether each device is plugged in
 * @param again calls that reached the device since it went wrong and is there, or there again
 */
record Look(
        long nanos,
        long begun,
        long refused,
        long output,
        boolean busy,
        boolean hit,
        boolean there,
        long again) {}
