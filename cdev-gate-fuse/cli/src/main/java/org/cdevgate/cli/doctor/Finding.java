package org.cdevgate.cli.doctor;

import org.jspecify.annotations.Nullable;

/**
 * What a look at one thing gave.
 *
 * @param what was looked at
 * @param state whether it is there
 * @param found what there is, in a few words
 * @param remedy the one command that mends it; null if there is nothing to mend, or no command does
 */
public record Finding(String what, State state, String found, @Nullable String remedy) {
    /** Whether something is there. */
    public enum State {
        /** It is there. */
        GOOD,
        /** It is missing, and only some devices need it. */
        SOME_MISS_IT,
        /** It is missing, and the command cannot work without. */
        MISSING
    }

    static Finding good(String what, String found) {
        return new Finding(what, State.GOOD, found, null);
    }

    static Finding missing(String what, String found, @Nullable String remedy) {
        return new Finding(what, State.MISSING, found, remedy);
    }

    static Finding someMiss(String what, String found, @Nullable String remedy) {
        return new Finding(what, State.SOME_MISS_IT, found, remedy);
    }
}
