package org.cdevgate.gate.stress.workload;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How often each thing was exercised. Safe for any thread. */
public final class Counts {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    /** Counts one more. */
    public void add(String what) {
        add(what, 1);
    }

    /** Counts so many more. */
    public void add(String what, long more) {
        LongAdder count = counts.get(what);
        if (count == null) {
            count = counts.computeIfAbsent(what, unused -> new LongAdder());
        }
        count.add(more);
    }

    /** How often it was counted; 0 if never. */
    public long of(String what) {
        LongAdder count = counts.get(what);
        return count == null ? 0 : count.sum();
    }

    /** Those of the names that were never counted. */
    public List<String> missing(Collection<String> names) {
        List<String> missing = new ArrayList<>();
        for (String name : names) {
            if (of(name) == 0) {
                missing.add(name);
            }
        }
        return missing;
    }

    /** All counts by name; a snapshot. */
    public Map<String, Long> all() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((name, count) -> all.put(name, count.sum()));
        return all;
    }
}
