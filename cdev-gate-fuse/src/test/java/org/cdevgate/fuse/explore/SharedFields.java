package org.cdevgate.fuse.explore;

import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Which fields several threads use, of one and the same object: only these are worth a switch. It
 * is learned in the first runs of a scenario, in which all are taken for such fields.
 */
final class SharedFields {
    private final BitSet shared = new BitSet();
    private final IdentityHashMap<Object, Map<Integer, Task>> users =
            new IdentityHashMap<>(); // of this run
    private boolean learning = true;

    boolean isShared(Object owner, int field, Task user) {
        if (learning) {
            Task before = users.computeIfAbsent(owner, key -> new HashMap<>()).put(field, user);
            if (before != null && before != user) {
                shared.set(field);
            }
            return true;
        }
        return shared.get(field);
    }

    void newRun() {
        users.clear();
    }

    void endOfLearning() {
        learning = false;
        users.clear();
    }
}
