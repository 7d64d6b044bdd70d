package org.cdevgate.gate.stress.script;

/** A question that a forced interleaving puts to a gate. */
@FunctionalInterface
public interface Scenario<G> {
    /**
     * Plays it once.
     *
     * @throws ScriptFailure if it cannot be played
     */
    Outcome play(Maker<G> maker);
}
