package org.cdevgate.cli.hold;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Results of requests for people. */
public final class HolderText {
    private HolderText() {}

    /**
     * A line for each device.
     *
     * @param more at the end of each
     */
    public static void devices(
            Map<String, ? extends @Nullable Object> result, PrintWriter out, String more) {
        for (Map<?, ?> each : maps(result.get("devices"))) {
            out.printf(
                    "%-12s %-8s %s  %s open, %s calls%s%n",
                    each.get("name"),
                    each.get("state"),
                    each.get("path"),
                    each.get("openFiles"),
                    each.get("calls"),
                    more);
        }
    }

    /** What an unplug did. */
    public static void unplugged(Map<String, ? extends @Nullable Object> result, PrintWriter out) {
        if (Boolean.TRUE.equals(result.get("already"))) {
            out.println(result.get("device") + " was unplugged already");
            return;
        }
        String time = "";
        if (result.get("drainMicros") instanceof Number micros) {
            time = String.format(Locale.ROOT, " in %.1f ms", micros.longValue() / 1e3);
        }
        List<String> calls = strings(result.get("inFlight"));
        out.printf(
                "%s is unplugged and drained%s; in flight: %s%n",
                result.get("device"), time, calls.isEmpty() ? "nothing" : String.join(", ", calls));
    }

    /** Who is inside. */
    public static void report(Map<String, ? extends @Nullable Object> result, PrintWriter out) {
        out.println(result.get("device") + " is " + result.get("state"));
        out.print(result.get("text"));
    }

    /** What was called, and what it got. */
    public static void calls(Map<String, ? extends @Nullable Object> result, PrintWriter out) {
        out.printf(
                "%s: %s calls, %s refused after a removal, %s open%n",
                result.get("device"),
                result.get("total"),
                result.get("refused"),
                result.get("openFiles"));
        for (Map<?, ?> each : maps(result.get("counts"))) {
            out.printf("  %6s  %s = %s%n", each.get("count"), each.get("call"), each.get("answer"));
        }
    }

    private static List<? extends Map<?, ?>> maps(@Nullable Object list) {
        return list instanceof List<?> all
                ? all.stream().filter(Map.class::isInstance).map(each -> (Map<?, ?>) each).toList()
                : List.of();
    }

    private static List<String> strings(@Nullable Object list) {
        return list instanceof List<?> all ? all.stream().map(String::valueOf).toList() : List.of();
    }
}
