package org.cdevgate.gate.stress.script;

import java.util.Map;

/**
 * A wrong design with the scenario that shows it, and the correct gates on which the same scenario
 * must show nothing.
 *
 * @param name of the design
 * @param promise that it breaks, with its number in the promise's list
 * @param scenario in which it does
 * @param wrong makes the design
 * @param correct makes gates that keep the promise, by name
 * @param <M> what makes a gate for the scenario
 */
public record WrongDesign<M>(
        String name, String promise, Scenario<M> scenario, M wrong, Map<String, M> correct) {
    public WrongDesign {
        if (correct.isEmpty()) {
            throw new IllegalArgumentException(
                    "nothing shows that the scenario of " + name + " can tell right from wrong");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
