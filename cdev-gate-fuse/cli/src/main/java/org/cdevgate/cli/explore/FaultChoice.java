package org.cdevgate.cli.explore;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.drivers.filter.CallMatch;
import org.cdevgate.drivers.filter.FaultPlan;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.gate.calls.Verb;

/**
 * Something that goes wrong at each call in turn.
 *
 * @param text {@code unplug}, or a fault as {@link FaultPlan} reads it: {@code errno=EIO}
 */
public record FaultChoice(String text) {
    /** The removal of the device. */
    public static final FaultChoice UNPLUG = new FaultChoice("unplug");

    /** Reads {@code unplug,errno=EIO,short=1}. */
    public static List<FaultChoice> parse(String option, String text) {
        List<FaultChoice> faults = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            FaultChoice fault = new FaultChoice(each.strip());
            if (fault.text.startsWith("on=")) {
                throw new InvalidSpecException(
                        option + " " + text + ": each call gets the fault; leave out " + each);
            }
            if (!fault.isUnplug()) {
                try {
                    FaultPlan.parse(fault.text);
                } catch (InvalidSpecException e) {
                    throw new InvalidSpecException(
                            option + " " + text + ": " + e.getMessage() + ", or unplug");
                }
            }
            if (!faults.contains(fault)) {
                faults.add(fault);
            }
        }
        return faults;
    }

    boolean isUnplug() {
        return equals(UNPLUG);
    }

    /** Whether its caller gets an error from it. */
    boolean isError() {
        return isUnplug() || text.startsWith("errno=");
    }

    /** Whether it can come to a call. */
    boolean fits(CallMatch call) {
        Verb verb = call.verb();
        if (verb == null) {
            return true;
        }
        if (text.startsWith("short=")) {
            return verb.movesData();
        }
        return isUnplug() || verb != Verb.POLL; // which neither fails nor sleeps
    }
}
