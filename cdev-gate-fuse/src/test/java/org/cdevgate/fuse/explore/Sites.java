package org.cdevgate.fuse.explore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The places in the code under test at which another thread may go on, by number. */
final class Sites {
    private static final List<String> NAMES = new ArrayList<>();
    private static final Map<String, Integer> NUMBERS = new HashMap<>();

    private Sites() {}

    static synchronized int number(String name) {
        return NUMBERS.computeIfAbsent(
                name,
                key -> {
                    NAMES.add(key);
                    return NAMES.size() - 1;
                });
    }

    static synchronized String name(int number) {
        return NAMES.get(number);
    }
}
