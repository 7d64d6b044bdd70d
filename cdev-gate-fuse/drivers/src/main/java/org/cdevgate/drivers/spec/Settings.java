package org.cdevgate.drivers.spec;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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

    /** These, and a value for a key that was not given. */
    public Settings orElse(String key, String value) {
        if (has(key)) {
            return this;
        }
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(key, value);
        return new Settings(of, more);
    }

    /**
     * Which one of several keys was given.
     *
     * @param missing what is the matter if none was: "does not say when"
     * @param remedy the keys as people write them: "after=2s, at-call=7"
     */
    public String oneOf(Collection<String> choices, String missing, String remedy) {
        List<String> given = values.keySet().stream().filter(choices::contains).toList();
        if (given.size() != 1) {
            throw new InvalidSpecException(
                    of
                            + (given.isEmpty()
                                    ? " " + missing
                                    : " has " + String.join(" and ", given))
                            + "; give one of "
                            + remedy);
        }
        return given.get(0);
    }

    /** Whether a key was given that takes no value. */
    public boolean flag(String key) {
        String value = values.get(key);
        if (value != null && !value.isEmpty()) {
            throw new InvalidSpecException(
                    of + ": " + key + " takes no value; leave out =" + value);
        }
        return value != null;
    }

    /** The value as it was given. This and what follows refuse a key without a value. */
    public String text(String key) {
        return text(key, "…");
    }

    private String text(String key, String form) {
        String value = values.get(key);
        if (value == null) {
            throw new InvalidSpecException(of + ": no " + key + "; give " + key + "=" + form);
        }
        if (value.isEmpty()) {
            throw new InvalidSpecException(of + ": " + key + " wants a value: " + key + "=" + form);
        }
        return value;
    }

    /** One of several words. */
    public String word(String key, List<String> choices) {
        String value = text(key);
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

    /** A whole number, see {@link Quantity#number}. */
    public long number(String key, long least, long most) {
        String value = text(key);
        OptionalLong number = Quantity.number(value);
        if (number.isPresent() && number.getAsLong() >= least && number.getAsLong() <= most) {
            return number.getAsLong();
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
                        + most
                        + ", without a leading 0");
    }

    /** A time, see {@link Quantity#duration}. */
    public Duration duration(String key) {
        return Quantity.duration(of + ": " + key, text(key));
    }

    /** A time after which something comes again: more than zero. */
    public Duration period(String key) {
        Duration period = duration(key);
        if (period.isZero()) {
            throw new InvalidSpecException(
                    of + ": " + key + "=" + text(key) + "; give more than zero");
        }
        return period;
    }

    /** A number of bytes, see {@link Quantity#bytes}. */
    public long bytes(String key) {
        return Quantity.bytes(of + ": " + key, text(key));
    }

    /** A path. */
    public Path path(String key) {
        String value = text(key, "PATH");
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new InvalidSpecException(of + ": " + key + "=" + value + " is no path");
        }
    }

    @Override
    public String toString() {
        return of + values;
    }
}
