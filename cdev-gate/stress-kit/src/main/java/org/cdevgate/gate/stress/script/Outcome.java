package org.cdevgate.gate.stress.script;

/**
 * What a scenario saw.
 *
 * @param forbidden whether a promise was broken
 * @param seen what happened, as a user would tell it
 */
public record Outcome(boolean forbidden, String seen) {
    public static Outcome broken(String seen) {
        return new Outcome(true, seen);
    }

    public static Outcome kept(String seen) {
        return new Outcome(false, seen);
    }
}
