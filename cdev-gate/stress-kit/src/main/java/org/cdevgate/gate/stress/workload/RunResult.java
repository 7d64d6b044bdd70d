package org.cdevgate.gate.stress.workload;

import java.util.List;
import java.util.Map;
import org.cdevgate.gate.stress.oracle.Finding;

/**
 * What a run came to. Immutable.
 *
 * @param seed that repeats each thread's decisions
 * @param seconds how long it took
 * @param devices that were registered
 * @param calls that were made
 * @param findings empty if every promise was held
 * @param counts how often each thing was exercised, by name
 * @param exercise what was done to each verb
 */
public record RunResult(
        long seed,
        double seconds,
        long devices,
        long calls,
        List<Finding> findings,
        Map<String, Long> counts,
        Exercise exercise) {}
