package org.cdevgate.gate.stress.script;

/**
 * A question that a forced interleaving puts to a gate.
 *
 * @param <M> what makes the gate
 */
@FunctionalInterface
public interface Scenario<M> {
    /**
     * Plays it once, on a new gate.
     *
     * @throws ScriptFailure if it cannot be played
     */
    Outcome play(M maker);
}
