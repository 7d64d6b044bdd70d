package org.cdevgate.cli.protocol;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request cannot be met; the message names the value and the remedy in one line. */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MOST_QUOTED = 80;

    /** What is wrong, for programs. */
    public enum Code {
        /** The line is no JSON object. */
        BAD_JSON,
        /** The line is longer than a line may be. */
        TOO_LONG,
        /** A field is missing, unknown, or has a value that cannot be meant. */
        BAD_REQUEST,
        /** Nobody knows what is asked for. */
        UNKNOWN_REQUEST,
        /** The device is left out, and there are several. */
        WHICH_DEVICE,
        /** There is no such device. */
        UNKNOWN_DEVICE,
        /** The device is plugged in already. */
        PLUGGED,
        /** The device's removal has not ended. */
        GOING,
        /** The device was never unplugged. */
        NO_REMOVAL,
        /** The device has as many faults and plans as it can have. */
        TOO_MANY,
        /** As many requests wait as may. */
        BUSY,
        /** What was waited for has not come. */
        TIMEOUT,
        /** The holder ends. */
        ENDED,
        /** The holder could not do it. */
        FAILED;

        /** As it is written in an answer, {@code bad-json}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** By how it is written; one that is not known is a failure. */
        public static Code of(String text) {
            return Arrays.stream(values())
                    .filter(each -> each.toString().equals(text))
                    .findFirst()
                    .orElse(FAILED);
        }
    }

    private final Code code;
    private final transient Map<String, ?> more;

    /**
     * @param message for people
     */
    public Refusal(Code code, String message) {
        this(code, message, Map.of());
    }

    /**
     * @param message for people
     * @param more fields of the answer
     */
    public Refusal(Code code, String message, Map<String, ?> more) {
        super(message);
        this.code = code;
        this.more = more;
    }

    /** What is wrong. */
    public Code code() {
        return code;
    }

    /** Fields that the answer has besides. */
    public Map<String, ?> more() {
        return more == null ? Map.of() : more; // null after it was serialized, which nobody does
    }

    /** A value as it was given, or its beginning. */
    public static String quoted(@Nullable Object value) {
        String text = String.valueOf(value).replaceAll("\\p{Cntrl}", " ");
        return '"'
                + (text.length() <= MOST_QUOTED ? text : text.substring(0, MOST_QUOTED) + "…")
                + '"';
    }
}
