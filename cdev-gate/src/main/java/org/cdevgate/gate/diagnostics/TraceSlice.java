package org.cdevgate.gate.diagnostics;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something with a duration, as a trace viewer shows it.
 *
 * @param threadId 0 if it is not known
 * @param threadName null if it belongs to no thread
 * @param args strings, booleans and integers
 */
record TraceSlice(
        String name,
        long threadId,
        @Nullable String threadName,
        long startNanos,
        long endNanos,
        Map<String, ?> args) {}
