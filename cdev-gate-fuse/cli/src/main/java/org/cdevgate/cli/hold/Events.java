package org.cdevgate.cli.hold;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Hands on what happens to those who watch. Any thread; never waits for one who watches. */
final class Events {
    /** The names of all events that can be watched. */
    static final List<String> NAMES = List.of("plugged", "flagged", "drained", "call", "closed");

    /** One who watches. */
    interface Watcher {
        /** Whether it wants this one. */
        boolean wants(String event);

        /** Takes it, or loses it; does not wait. */
        void happened(Map<String, ?> event);
    }

    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

    void add(Watcher watcher) {
        watchers.add(watcher);
    }

    void remove(Watcher watcher) {
        watchers.remove(watcher);
    }

    boolean isWanted(String event) {
        return watchers.stream().anyMatch(each -> each.wants(event));
    }

    /**
     * Something has happened.
     *
     * @param more fields besides the name
     */
    void tell(String event, Map<String, ?> more) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("event", event);
        whole.putAll(more);
        for (Watcher each : watchers) {
            if (each.wants(event)) {
                each.happened(whole);
            }
        }
    }
}
