package org.cdevgate.gate.stress.driver;

import org.cdevgate.gate.calls.Verb;

/**
 * What a {@link DriverStress} has done to one verb that the driver has. Immutable.
 *
 * @param verb of the driver
 * @param calls that came to the driver
 * @param seenAsleep calls that were found asleep, by looks from outside: only a part of those that
 *     slept, and none of those that wait in a busy loop
 * @param asleepAtRemoval calls that were asleep when the removal of their device began
 */
public record VerbExercise(Verb verb, long calls, long seenAsleep, long asleepAtRemoval) {
    /** One row of the report's table. */
    @Override
    public String toString() {
        return String.format(
                "  %-8s %12d calls, %s",
                verb,
                calls,
                asleepAtRemoval > 0
                        ? asleepAtRemoval + " asleep when their device was removed"
                        : seenAsleep > 0 ? "none asleep at a removal" : "never slept");
    }
}
