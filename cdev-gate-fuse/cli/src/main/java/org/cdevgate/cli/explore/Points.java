package org.cdevgate.cli.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cdevgate.drivers.filter.UnplugAtCall.Moment;

/**
 * The points of an exploration, in the order of the base run's calls.
 *
 * <p>A call that does not sleep has two moments, not three: a device that is unplugged inside it
 * lets the driver answer, and the answer reaches the program when the device is gone already. To
 * unplug it after the answer is the same but for a race with the program's next step.
 */
final class Points {
    private Points() {}

    /** All of them. */
    static List<Point> of(Map<String, List<RecordedCall>> base, List<FaultChoice> faults) {
        List<Point> points = new ArrayList<>();
        base.forEach(
                (device, calls) -> {
                    for (int i = 0; i < calls.size(); i++) {
                        add(points, device, calls.get(i), i + 1, faults);
                    }
                });
        return points;
    }

    private static void add(
            List<Point> points,
            String device,
            RecordedCall made,
            int number,
            List<FaultChoice> faults) {
        for (FaultChoice fault : faults) {
            if (!fault.fits(made.call())) {
                continue;
            }
            if (!fault.isUnplug()) {
                points.add(new Point(device, made.call(), number, fault, null, made.slept()));
                continue;
            }
            for (Moment moment : Moment.values()) {
                if (moment != Moment.AFTER || (made.slept() && made.answered())) {
                    points.add(new Point(device, made.call(), number, fault, moment, made.slept()));
                }
            }
        }
    }
}
