package org.cdevgate.gate.stress.fray;

import java.util.List;

/**
 * A case with what must be found in it.
 *
 * @param name for people
 * @param owner the class of its method
 * @param method one schedule of it
 * @param faults which it finds
 */
record FrayCase(String name, Class<?> owner, String method, List<Fault> faults) {
    FrayCase {
        if (faults.isEmpty()) {
            throw new IllegalArgumentException("nothing shows that '" + name + "' finds anything");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
