package org.cdevgate.cli.explore;

import java.time.Duration;
import java.util.Locale;
import org.cdevgate.drivers.filter.CallMatch;
import org.cdevgate.drivers.filter.UnplugAtCall.Moment;
import org.jspecify.annotations.Nullable;

/**
 * Where something goes wrong in a run.
 *
 * @param device its name
 * @param call the call at which
 * @param number of the call among all of the device, from 1
 * @param fault what goes wrong
 * @param moment where in the call the device is unplugged; null for another fault
 * @param asleep whether the call slept in the base run
 */
record Point(
        String device,
        CallMatch call,
        int number,
        FaultChoice fault,
        @Nullable Moment moment,
        boolean asleep) {

    /** The option of {@code cdev-gate run} that makes the same go wrong. */
    String option() {
        return fault.isUnplug() ? "--unplug" : "--fault";
    }

    /**
     * What it says.
     *
     * @param replug how long an unplugged device is away; null for ever
     */
    String plan(@Nullable Duration replug) {
        if (moment == null) {
            return fault.text() + ",on=" + call;
        }
        return "on="
                + call
                + ",when="
                + moment.name().toLowerCase(Locale.ROOT)
                + (replug == null ? "" : ",then=replug:" + Replay.text(replug));
    }

    /** For people: {@code read#2, asleep}. */
    String place() {
        if (moment == null) {
            return call + ", " + fault.text();
        }
        return call
                + switch (moment) {
                    case BEFORE -> ", before";
                    case INSIDE -> asleep ? ", asleep" : ", inside";
                    case AFTER -> ", after";
                };
    }
}
