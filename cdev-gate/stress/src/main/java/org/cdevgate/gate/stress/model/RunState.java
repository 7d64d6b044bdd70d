package org.cdevgate.gate.stress.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;

/**
 * What would otherwise outlive a run: the code's static state and the threads' permits to park.
 * {@link ModelTransformer} makes the code ask here for it. The model checker looks at none of this,
 * so it needs no order of its own; one thread runs at a time.
 */
public final class RunState {
    private static final List<Supplier<Object>> MAKERS = new ArrayList<>();
    private static final IdentityHashMap<Thread, Parking> PERMITS = new IdentityHashMap<>();
    private static final List<Parking> RESTING = new ArrayList<>();
    private static Object[] values = {};

    private RunState() {}

    /**
     * Registers a static field.
     *
     * @return its number
     */
    static synchronized int register(Supplier<Object> initialValue) {
        MAKERS.add(initialValue);
        return MAKERS.size() - 1;
    }

    /** A run begins: everything is as it was when the classes were loaded. */
    static synchronized void begin() {
        Arrays.fill(values, null);
        PERMITS.clear();
        RESTING.clear();
    }

    /** One value of each kind, whose classes are thereby known to the model checker. */
    static synchronized List<Object> samples() {
        List<Object> samples = new ArrayList<>();
        MAKERS.forEach(each -> samples.add(each.get()));
        return samples;
    }

    /** The value of a static field in this run. Called from the code under test. */
    public static synchronized Object of(int field) {
        if (field >= values.length) {
            values = Arrays.copyOf(values, MAKERS.size());
        }
        if (values[field] == null) {
            values[field] = MAKERS.get(field).get();
        }
        return values[field];
    }

    static synchronized Parking permitOf(Thread thread) {
        return PERMITS.computeIfAbsent(thread, unused -> new Parking());
    }

    static synchronized void rests(Parking parking) {
        RESTING.add(parking);
    }

    static synchronized void restsNoMore(Parking parking) {
        RESTING.remove(parking);
    }

    static synchronized Parking[] resting() {
        return RESTING.toArray(Parking[]::new);
    }
}
