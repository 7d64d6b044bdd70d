package org.cdevgate.drivers.spec;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A list {@code key=value,key,key=value} with typed look-ups. A comma in a value is written {@code
 * \,}. Immutable.
 */
public final class Settings {
    private final String of;
    private final Map<String, String> values;

    private Settings(String of, Map<String, String> values) {
        this.of = of;
        this.values = values;
    }

    /**
     * Takes a list apart.
     *
     * @param of what the list belongs to, for messages: "kind disk"
     * @param text may be empty
     */
    public static Settings parse(String of, String text) {
        Map<String, String> values = new LinkedHashMap<>();
        if (!text.isEmpty()) {
            for (String each : text.split("(?<!\\\\),", -1)) {
                String word = each.replace("\\,", ",");
                int equals = word.indexOf('=');
                String key = equals < 0 ? word : word.substring(0, equals);
                if (key.isEmpty()) {
                    throw new InvalidSpecException(
                            of + ": \"" + text + "\" has an empty part; give key=value,key=value");
                }
                if (values.put(key, equals < 0 ? "" : word.substring(equals + 1)) != null) {
                    throw new InvalidSpecException(of + ": " + key + " is given twice; give one");
                }
            }
        }
        return new Settings(of, values);
    }

    /** Refuses a key that is none of the known ones. */
    public Settings allowing(Collection<String> known) {
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                throw new InvalidSpecException(
                        of
                                + " has no "
                                + key
                                + Nearest.hint(key, known)
                                + (known.isEmpty()
                                        ? "; it takes nothing"
                                        : "; there are "
                                                + known.stream()
                                                        .sorted()
                                                        .collect(Collectors.joining(", "))));
            }
        }
        return this;
    }

    /** The keys as they were given. */
    public Set<String> keys() {
        return values.keySet();
    }

    /** Whether the key was given, with a value or without. */
    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** The value as it was given, or the default. */
    public String text(String key, String otherwise) {
        String value = values.get(key);
        if (value != null && value.isEmpty()) {
            throw new InvalidSpecException(of + ": " + key + " wants a value: " + key + "=…");
        }
        return value == null ? otherwise : value;
    }

    /** One of several words, or the default. */
    public String word(String key, List<String> choices, String otherwise) {
        String value = text(key, otherwise);
        if (!choices.contains(value)) {
            throw new InvalidSpecException(
                    of
                            + ": "
                            + key
                            + "="
                            + value
                            + " is none of "
                            + String.join(", ", choices)
                            + Nearest.hint(value, choices));
        }
        return value;
    }

    /** A whole number, decimal or with 0x, or the default. */
    public long number(String key, long least, long most, long otherwise) {
        String value = text(key, null);
        if (value == null) {
            return otherwise;
        }
        try {
            long number = Long.decode(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below, as one out of range is
        }
        throw new InvalidSpecException(
                of
                        + ": "
                        + key
                        + "="
                        + value
                        + "; give a whole number from "
                        + least
                        + " to "
                        + most);
    }

    /** A time, see {@link Quantity#duration}, or the default. */
    public Duration duration(String key, Duration otherwise) {
        String value = text(key, null);
        return value == null ? otherwise : Quantity.duration(of + ": " + key, value);
    }

    /** A number of bytes, see {@link Quantity#bytes}, or the default. */
    public long bytes(String key, long otherwise) {
        String value = text(key, null);
        return value == null ? otherwise : Quantity.bytes(of + ": " + key, value);
    }

    /** A path, or null. */
    public Path path(String key) {
        String value = text(key, null);
        try {
            return value == null ? null : Path.of(value);
        } catch (InvalidPathException e) {
            throw new InvalidSpecException(of + ": " + key + "=" + value + " is no path");
        }
    }

    @Override
    public String toString() {
        return of + values;
    }
}
