package org.cdevgate.gate.stress.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What would otherwise outlive a run: the code's static state and the threads' permits to park.
 * {@link ModelTransformer} makes the code ask here for it. The model checker looks at none of this,
 * so it needs no order of its own; one thread runs at a time.
 */
public final class RunState {
    private static final List<Supplier<Object>> MAKERS = new ArrayList<>();
    private static final IdentityHashMap<Thread, Parking> PERMITS = new IdentityHashMap<>();
    private static final Map<Integer, Object> VALUES = new HashMap<>();
    private static final List<Parking> RESTING = new ArrayList<>();

    private static int moments;

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
        VALUES.clear();
        PERMITS.clear();
        RESTING.clear();
        moments = 0;
    }

    /** One value of each kind, whose classes are thereby known to the model checker. */
    static synchronized List<Object> samples() {
        List<Object> samples = new ArrayList<>();
        for (int field = 0; field < MAKERS.size(); field++) { // to make one may register more
            samples.add(MAKERS.get(field).get());
        }
        return samples;
    }

    /** The value of a static field in this run. Called from the code under test. */
    public static synchronized Object of(int field) {
        Object value = VALUES.get(field);
        if (value == null) {
            value = MAKERS.get(field).get(); // may load classes that ask here themselves
            VALUES.put(field, value);
        }
        return value;
    }

    static synchronized Parking permitOf(Thread thread) {
        return PERMITS.computeIfAbsent(thread, unused -> new Parking());
    }

    /** Time passes; those whose rest it ends. */
    static synchronized Parking[] timePasses() {
        moments++;
        return RESTING.toArray(Parking[]::new);
    }

    /**
     * A thread that has let time pass wants to rest.
     *
     * @return false if time has passed for it too, since it rested last: it looks again at once
     */
    static synchronized boolean beginRest(Parking own) {
        boolean news = own.seen < moments - 1;
        own.seen = moments;
        if (!news) {
            RESTING.add(own);
        }
        return !news;
    }

    static synchronized void endRest(Parking own) {
        own.seen = moments;
        RESTING.remove(own);
    }
}
