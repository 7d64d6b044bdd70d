package org.cdevgate.drivers.spec;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers, times and sizes as people write them: {@code 7}, {@code 0x1f}, {@code 50ms}, {@code
 * 1.5M}.
 */
public final class Quantity {
    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)([a-zA-Z]*)");

    /** Without a leading 0, which some take for octal and some do not. */
    private static final Pattern WHOLE = Pattern.compile("-?(?:0|[1-9][0-9]*|0x[0-9a-fA-F]+)");

    private Quantity() {}

    /** A whole number, decimal or with {@code 0x}; empty if it is none, or of more than 64 bits. */
    public static OptionalLong number(String text) {
        try {
            return WHOLE.matcher(text).matches()
                    ? OptionalLong.of(Long.decode(text))
                    : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

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
