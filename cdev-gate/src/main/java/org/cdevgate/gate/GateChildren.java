package org.cdevgate.gate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The gates that the removal of one gate takes along, see {@link GateBuilder#parent}. */
final class GateChildren {
    private final FopsGate gate;

    // Guarded by this; no entry is added once the flag is set; null before the first. Each leaves
    // at its end, so a list would make the removal of many quadratic.
    private @Nullable Set<FopsGate> children;

    GateChildren(FopsGate gate) {
        this.gate = gate;
    }

    /** Takes a child, or removes it where the flag is set. */
    void add(FopsGate child) {
        synchronized (this) {
            if (!gate.isRemoving()) {
                if (children == null) {
                    children = new LinkedHashSet<>();
                }
                boolean added = false;
                try {
                    added = children.add(child);
                } finally {
                    if (!added) {
                        children.remove(child); // there was no memory for a larger table
                    }
                }
                return;
            }
        }
        // Nobody has it yet, but what it was built with may count on its teardown.
        child.unregisterSync();
        throw new IllegalStateException(
                "the removal of "
                        + gate.name()
                        + " has begun, so it takes no child "
                        + child.name()
                        + "; register children before the parent is removed");
    }

    /** Those whose removal has not finished; no more come once the flag is set. */
    List<FopsGate> all() {
        synchronized (this) {
            return children == null ? List.of() : List.copyOf(children);
        }
    }

    /** Its removal has finished, or its making has failed. */
    void remove(FopsGate child) {
        synchronized (this) {
            if (children != null) { // its making may have failed before it was added
                children.remove(child);
            }
        }
    }
}
