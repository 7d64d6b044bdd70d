package org.cdevgate.drivers.spec;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and sizes as people write them: {@code 50ms}, {@code 2s}, {@code 1.5M}. */
public final class Quantity {
    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)([a-zA-Z]*)");

    private Quantity() {}

    /**
     * A time: a number with {@code us}, {@code ms}, {@code s}, {@code m} or {@code h}.
     *
     * @param name of what it is given for, for the message
     */
    public static Duration duration(String name, String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            long unit =
                    switch (form.group(2)) {
                        case "us" -> 1_000L;
                        case "ms" -> 1_000_000L;
                        case "s" -> 1_000_000_000L;
                        case "m" -> 60_000_000_000L;
                        case "h" -> 3_600_000_000_000L;
                        default -> 0;
                    };
            BigDecimal nanos = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit));
            if (unit > 0 && nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
                return Duration.ofNanos(nanos.longValue());
            }
        }
        throw new InvalidSpecException(
                name + "=" + text + " is no time; give a number with us, ms, s, m or h: 500ms");
    }

    /**
     * A number of bytes: a number, or one with {@code K}, {@code M} or {@code G}, powers of 1024.
     *
     * @param name of what it is given for, for the message
     */
    public static long bytes(String name, String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            int shift =
                    switch (form.group(2)) {
                        case "" -> 0;
                        case "K", "k" -> 10;
                        case "M" -> 20;
                        case "G" -> 30;
                        default -> -1;
                    };
            if (shift >= 0) {
                BigDecimal bytes =
                        new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(1L << shift));
                if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
                    return bytes.longValue();
                }
            }
        }
        throw new InvalidSpecException(
                name + "=" + text + " is no size; give bytes, or a number with K, M or G: 4K");
    }
}
