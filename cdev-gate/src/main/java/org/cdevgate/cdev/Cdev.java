package org.cdevgate.cdev;

import java.util.Objects;
import org.cdevgate.gate.FopsGate;

/**
 * A registered character device: a gate under a number and a name. Each registration is a
 * generation of its own; files that were opened through an earlier one of the same name stay dead.
 *
 * @param name below /dev; may have directories, as in {@code input/event0}
 * @param number its number
 * @param minor which of the gate's nodes it is, see {@link org.cdevgate.gate.OpenFile#minor}
 * @param mode permissions of its node, 0 to 07777
 * @param generation 1 or more, larger than that of every earlier registration
 * @param gate the way to its verbs
 */
public record Cdev(
        String name, DeviceNumber number, int minor, int mode, long generation, FopsGate gate) {
    /** Checks that nothing is missing. */
    public Cdev {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(number, "number");
        Objects.requireNonNull(gate, "gate");
    }
}
