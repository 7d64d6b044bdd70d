package org.cdevgate.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How removals are measured. Each needs a new gate in the right state, which an {@link
 * Level#Invocation} fixture makes before the clock is read. JMH then reads it around each
 * invocation: some 50 ns more, for removals that take a microsecond at least.
 *
 * <p>There is much more code to compile than for a call, and fewer invocations to find that out.
 */
@Warmup(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
abstract class RemovalForks extends ShortForks {}
