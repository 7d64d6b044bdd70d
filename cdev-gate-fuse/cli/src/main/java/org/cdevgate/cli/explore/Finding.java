package org.cdevgate.cli.explore;

import org.jspecify.annotations.Nullable;

/**
 * What a run has shown.
 *
 * @param point where something went wrong
 * @param outcome what became of it
 * @param ending how the program ended, in words
 * @param word the first line on standard error that the base run has not; null if none
 * @param nanos how long the run took
 */
record Finding(Point point, Outcome outcome, String ending, @Nullable String word, long nanos) {
    /** What equal outcomes have in common. */
    record Kind(Outcome outcome, String ending, @Nullable String word) {}

    Kind kind() {
        return new Kind(outcome, ending, word == null ? null : Output.form(word));
    }
}
