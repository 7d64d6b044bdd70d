package org.cdevgate.cli.hold;

import org.cdevgate.cli.protocol.Refusal;

/** In which form a timeline is written to a file: its name says so. */
public final class TimelineForm {
    private TimelineForm() {}

    /** {@code svg} or {@code json}. */
    public static String of(String file) throws Refusal {
        if (file.endsWith(".svg")) {
            return "svg";
        }
        if (file.endsWith(".json")) {
            return "json";
        }
        throw new Refusal(
                Refusal.Code.BAD_REQUEST,
                Refusal.quoted(file)
                        + " is neither a picture nor a trace; give a name that ends with .svg or"
                        + " .json");
    }
}
