package org.cdevgate.gate.diagnostics;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a time stands in a picture. A flag takes microseconds and a drain may take seconds: so no
 * scale, but each step between two changes of phase has a least width, and the rest of the width is
 * shared by how long they take.
 */
final class PictureAxis {
    /** Room for the longest name of a phase, and for a time below it. */
    private static final double LEAST = 68;

    /** Of what came before the flag, and what came after the end. */
    private static final double MARGIN = 60;

    private final List<Long> times = new ArrayList<>(); // after the origin, growing
    private final List<Double> places = new ArrayList<>();
    private final long origin;
    private final double left;
    private final double right;

    /** From the timeline's start to its end, with room before and after. */
    PictureAxis(RemovalTimeline timeline, double left, double right) {
        this.origin = timeline.startNanos();
        this.left = left;
        this.right = right;
        List<Long> changes = new ArrayList<>();
        changes.add(0L);
        changes.add(Math.max(0, timeline.endNanos() - origin));
        for (RemovalTimeline.PhaseSlice phase : timeline.phases()) {
            changes.add(Math.max(0, phase.startNanos() - origin));
        }
        changes.stream().distinct().sorted().forEach(times::add);
        int steps = times.size() - 1;
        double room = right - left - 2 * MARGIN;
        double least = steps == 0 ? 0 : Math.min(LEAST, room / steps * 0.8);
        double shared = room - steps * least;
        long whole = Math.max(1, times.get(steps));
        double place = left + MARGIN;
        for (int i = 0; i <= steps; i++) {
            places.add(place);
            if (i < steps) {
                place += least + shared * (times.get(i + 1) - times.get(i)) / whole;
            }
        }
    }

    /** The place of a time; of one before the flag the left margin, of a later one the right. */
    double place(long nanos) {
        long after = nanos - origin;
        if (after < 0) {
            return left;
        }
        for (int i = 1; i < times.size(); i++) {
            if (after <= times.get(i)) {
                double share =
                        (after - times.get(i - 1)) / (double) (times.get(i) - times.get(i - 1));
                return places.get(i - 1) + share * (places.get(i) - places.get(i - 1));
            }
        }
        return after == times.get(times.size() - 1) ? places.get(places.size() - 1) : right;
    }

    /** The changes of phase, in nanoseconds after the flag. */
    List<Long> changes() {
        return times;
    }

    /** The place of a change of phase. */
    double placeOfChange(int number) {
        return places.get(number);
    }
}
