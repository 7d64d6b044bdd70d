package org.cdevgate.internal;

import java.util.Map;
import java.util.WeakHashMap;

/**
 * How often each gate is published, in mounts and registries. A publication that fails removes its
 * gate, so that nothing is left of it, but never one that is published elsewhere, or is just being:
 * its users have it.
 *
 * <p>A gate that is removed cannot be published again, so nobody counts down then.
 */
public final class Publications {
    private static final Map<Object, Integer> COUNTS = new WeakHashMap<>(); // guarded by itself

    private Publications() {}

    /** A publication begins; it counts from now on, unless {@link #failed} is called. */
    public static void begin(Object gate) {
        synchronized (COUNTS) {
            COUNTS.merge(gate, 1, Integer::sum);
        }
    }

    /**
     * The publication has failed.
     *
     * @return whether the gate is published nowhere else, so that it has to be removed
     */
    public static boolean failed(Object gate) {
        synchronized (COUNTS) {
            return COUNTS.computeIfPresent(gate, (key, count) -> count == 1 ? null : count - 1)
                    == null;
        }
    }
}
