package org.cdevgate.cli.device;

import java.util.List;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Nearest;

/**
 * A plan for one device.
 *
 * @param device its name
 * @param plan as it was written
 */
public record ForDevice(String device, String plan) {
    /**
     * Reads {@code [NAME:]PLAN}. The name may be left out where there is one device.
     *
     * @param option for messages
     */
    public static ForDevice parse(String option, String text, List<String> devices) {
        for (String each : devices) {
            if (text.startsWith(each + ":")) {
                return new ForDevice(each, text.substring(each.length() + 1));
            }
        }
        int colon = text.indexOf(':');
        int equals = text.indexOf('=');
        if (colon > 0 && (equals < 0 || colon < equals)) {
            String name = text.substring(0, colon);
            throw new InvalidSpecException(
                    option
                            + " "
                            + text
                            + ": there is no device "
                            + name
                            + Nearest.hint(name, devices)
                            + "; there are "
                            + String.join(", ", devices));
        }
        if (devices.size() > 1) {
            throw new InvalidSpecException(
                    option
                            + " "
                            + text
                            + ": which device? give NAME:PLAN with one of "
                            + String.join(", ", devices));
        }
        return new ForDevice(devices.get(0), text);
    }
}
