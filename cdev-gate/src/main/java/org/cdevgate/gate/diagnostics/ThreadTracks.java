package org.cdevgate.gate.diagnostics;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The slices of one thread, spread over as few tracks as they need. A viewer draws a slice inside
 * the one that is open on its track and refuses slices that overlap without nesting; such come up
 * where an end is known only as "at the latest".
 */
final class ThreadTracks {
    private final String name;
    private final List<TraceSlice> slices = new ArrayList<>();
    private int firstTrackId;

    ThreadTracks(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void add(TraceSlice slice) {
        slices.add(slice);
    }

    void firstTrackId(int id) {
        firstTrackId = id;
    }

    int firstTrackId() {
        return firstTrackId;
    }

    /** The tracks, at least one, of slices that are disjoint or nest, each before what is in it. */
    List<List<TraceSlice>> nested() {
        List<TraceSlice> sorted = new ArrayList<>(slices);
        sorted.sort(
                (a, b) -> {
                    int byStart = Long.signum(a.startNanos() - b.startNanos());
                    return byStart != 0 ? byStart : Long.signum(b.endNanos() - a.endNanos());
                });
        List<List<TraceSlice>> tracks = new ArrayList<>();
        List<Deque<TraceSlice>> open = new ArrayList<>();
        tracks.add(new ArrayList<>());
        open.add(new ArrayDeque<>());
        for (TraceSlice slice : sorted) {
            int track = 0;
            while (!fits(slice, open.get(track))) {
                track++;
                if (track == open.size()) {
                    tracks.add(new ArrayList<>());
                    open.add(new ArrayDeque<>());
                }
            }
            tracks.get(track).add(slice);
            open.get(track).push(slice);
        }
        return tracks;
    }

    /** Whether it lies in the innermost slice that is still open when it starts. */
    private static boolean fits(TraceSlice slice, Deque<TraceSlice> open) {
        while (!open.isEmpty() && open.peek().endNanos() - slice.startNanos() <= 0) {
            open.pop();
        }
        return open.isEmpty() || open.peek().endNanos() - slice.endNanos() >= 0;
    }
}
