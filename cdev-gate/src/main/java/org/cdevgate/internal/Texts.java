package org.cdevgate.internal;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Wording that reports share. */
public final class Texts {
    private static final int MOST_NAMES = 20;

    private Texts() {}

    /** Names, some of them if they are many. */
    public static String names(List<?> all) {
        String some =
                all.stream()
                        .limit(MOST_NAMES)
                        .map(Object::toString)
                        .collect(Collectors.joining(", "));
        return all.size() <= MOST_NAMES ? some : some + " " + more(all.size() - MOST_NAMES);
    }

    /** That so many are left out. */
    public static String more(int count) {
        return String.format(Locale.ROOT, "and %,d more", count);
    }

    /** A time: "12 ms", "3.4 s". */
    public static String time(Duration time) {
        long millis = time.toMillis();
        if (millis < 1) {
            return TimeUnit.NANOSECONDS.toMicros(time.toNanos()) + " us";
        }
        return millis < 1000 ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }
}
