package org.cdevgate.gate.stress.script;

import java.util.LinkedHashMap;
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
 */
public record WrongDesign<G>(
        String name,
        String promise,
        Scenario<G> scenario,
        Maker<G> wrong,
        Map<String, Maker<G>> correct) {
    public WrongDesign {
        if (correct.isEmpty()) {
            throw new IllegalArgumentException(
                    "nothing shows that the scenario of " + name + " can tell right from wrong");
        }
    }

    /** What the scenario sees on the wrong design. */
    public Outcome examine() {
        return scenario.play(wrong);
    }

    /** What it sees on each of the correct gates. */
    public Map<String, Outcome> compare() {
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        correct.forEach((each, maker) -> outcomes.put(each, scenario.play(maker)));
        return outcomes;
    }

    @Override
    public String toString() {
        return name;
    }
}
