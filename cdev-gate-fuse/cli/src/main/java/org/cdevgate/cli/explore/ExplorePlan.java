package org.cdevgate.cli.explore;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.cdevgate.cli.device.DeviceRequests;
import org.jspecify.annotations.Nullable;

/**
 * What is to be explored, and how.
 *
 * @param devices fresh ones for each run
 * @param program with its arguments
 * @param input what it reads as its standard input
 * @param at where the devices are mounted; null for a private /dev
 * @param faults what goes wrong at each call in turn
 * @param replug how long an unplugged device is away; null for ever
 * @param patience how long a program may do nothing
 * @param baseLimit how long a run may take in which nothing goes wrong
 * @param calls at how many calls of a device something goes wrong at most
 * @param jobs how many runs at a time
 * @param shard which of the points
 */
public record ExplorePlan(
        DeviceRequests devices,
        List<String> program,
        Path input,
        @Nullable Path at,
        List<FaultChoice> faults,
        @Nullable Duration replug,
        Duration patience,
        Duration baseLimit,
        int calls,
        int jobs,
        Shard shard) {}
