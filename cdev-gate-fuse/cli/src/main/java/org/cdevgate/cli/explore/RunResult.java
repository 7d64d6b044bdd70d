package org.cdevgate.cli.explore;

import java.util.List;
import java.util.Map;
import org.cdevgate.drivers.filter.CallMatch;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of one run.
 *
 * @param status how the program ended; null if it was ended
 * @param stop why the run was ended; null if it ended by itself
 * @param childrenLeft whether children of the program had to be ended after its end
 * @param nanos how long it took
 * @param calls by device, the first ones
 * @param begun how many calls there were
 * @param hit whether what was to go wrong has
 * @param told whether the program was told of it
 * @param again calls of the device since it went wrong and is there, or there again
 * @param counts by device, how many calls of each kind there were
 * @param fileKept whether a descriptor of a device that is gone stayed open
 * @param output its standard output
 * @param errors its standard error
 */
public record RunResult(
        Spawner.@Nullable Status status,
        Watch.@Nullable Stop stop,
        boolean childrenLeft,
        long nanos,
        Map<String, List<RecordedCall>> calls,
        long begun,
        boolean hit,
        boolean told,
        long again,
        Map<String, Map<CallMatch, Long>> counts,
        boolean fileKept,
        Output output,
        Output errors) {

    /** How many calls of this call's kind there were. */
    long count(String device, CallMatch call) {
        return counts.getOrDefault(device, Map.of()).getOrDefault(Recording.kind(call), 0L);
    }

    /** Whether the program ended by itself, and all its children. */
    boolean isEnded() {
        return stop == null && status != null;
    }
}
