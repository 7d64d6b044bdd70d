package org.cdevgate.gate.stress.script;

import java.util.Map;

/**
 * A wrong design with the scenario that shows it, and the correct gates on which the same scenario
 * must show nothing.
 *
 * @param name of the design
 * @param promise that it breaks, with its number in the promise's list
 * @param shows what its scenario must have seen, word for word: a twin that fails in another way,
 *     by hanging somewhere else for instance, shows nothing about the scenario
 * @param scenario in which it does
 * @param wrong makes the design
 * @param correct makes gates that keep the promise, by name
 * @param <M> what makes a gate for the scenario
 */
public record WrongDesign<M>(
        String name,
        String promise,
        String shows,
        Scenario<M> scenario,
        M wrong,
        Map<String, M> correct) {
    public WrongDesign {
        if (shows.isEmpty()) {
            throw new IllegalArgumentException(
                    "any failure of " + name + " would do; say what its scenario must have seen");
        }
        if (correct.isEmpty()) {
            throw new IllegalArgumentException(
                    "nothing shows that the scenario of " + name + " can tell right from wrong");
        }
    }

    /** Whether this is what the design's own fault looks like. */
    public boolean isShownBy(Outcome outcome) {
        return outcome.forbidden() && outcome.seen().equals(shows);
    }

    @Override
    public String toString() {
        return name;
    }
}
