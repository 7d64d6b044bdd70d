package org.cdevgate.gate.stress.oracle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Collects findings: of each kind and subject the first, and how often it was seen, because a
 * broken gate breaks its promise a million times in a run. Safe for any thread.
 */
public final class Findings {
    private record Key(Finding.Kind kind, String subject) {}

    private final Consumer<Finding> atOnce;

    // Guarded by this.
    private final Map<Key, Finding> first = new LinkedHashMap<>();

    /**
     * @param atOnce told of each first occurrence, on the thread that found it; must not block
     */
    public Findings(Consumer<Finding> atOnce) {
        this.atOnce = atOnce;
    }

    /** Reports without a stack. */
    public void report(Finding.Kind kind, String subject, String what) {
        report(kind, subject, what, () -> "");
    }

    /**
     * Reports.
     *
     * @param detail asked only at the first occurrence
     */
    public void report(Finding.Kind kind, String subject, String what, Supplier<String> detail) {
        Key key = new Key(kind, subject);
        Finding made;
        synchronized (this) {
            Finding known = first.get(key);
            if (known != null) {
                first.put(
                        key,
                        new Finding(
                                kind, subject, known.what(), known.detail(), known.times() + 1));
                return;
            }
            made = new Finding(kind, subject, what, detail.get(), 1);
            first.put(key, made);
        }
        atOnce.accept(made);
    }

    /** What was found, in the order of first occurrence; a snapshot. */
    public synchronized List<Finding> all() {
        return new ArrayList<>(first.values());
    }

    /** Whether nothing was found. */
    public synchronized boolean isEmpty() {
        return first.isEmpty();
    }
}
