package org.cdevgate.gate.stress.model;

import java.util.function.Supplier;
import org.cdevgate.gate.stress.model.scenarios.Model;

/**
 * A scenario on a gate.
 *
 * @param name for people
 * @param model makes a run of it
 */
record Question(String name, Supplier<Model> model) {
    @Override
    public String toString() {
        return name;
    }
}
