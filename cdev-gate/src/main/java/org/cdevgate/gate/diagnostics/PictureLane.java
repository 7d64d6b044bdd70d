package org.cdevgate.gate.diagnostics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What one thread or process did, in as few rows as its overlapping bars need. */
final class PictureLane {
    /**
     * A thing that took time.
     *
     * @param kind the class of its style
     * @param label written in it or beside it
     * @param more told where the pointer rests on it
     * @param open whether it had not ended
     */
    record Bar(String kind, String label, String more, double from, double to, boolean open) {}

    /** An instant. */
    record Dot(String more, double at) {}

    private final String name;
    private final List<Bar> bars = new ArrayList<>();
    private final List<Dot> dots = new ArrayList<>();

    PictureLane(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void add(Bar bar) {
        bars.add(bar);
    }

    void add(Dot dot) {
        dots.add(dot);
    }

    List<Dot> dots() {
        return dots;
    }

    /** The bars of each row, by their beginning; at least one row. */
    List<List<Bar>> rows() {
        List<List<Bar>> rows = new ArrayList<>();
        rows.add(new ArrayList<>());
        bars.stream()
                .sorted(Comparator.comparingDouble(Bar::from))
                .forEach(
                        bar -> {
                            for (List<Bar> row : rows) {
                                if (row.isEmpty() || row.get(row.size() - 1).to() <= bar.from()) {
                                    row.add(bar);
                                    return;
                                }
                            }
                            rows.add(new ArrayList<>(List.of(bar)));
                        });
        return rows;
    }
}
