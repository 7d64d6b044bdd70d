package org.cdevgate.cli.protocol;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Nearest;
import org.cdevgate.drivers.spec.Quantity;
import org.jspecify.annotations.Nullable;

/** What somebody asks of a holder, as far as it can be understood without the holder. */
public final class Request {
    /** The longest line of a request, in bytes. */
    public static final int MOST_BYTES = 64 * 1024;

    private final Map<String, @Nullable Object> fields;

    /** Of the fields of a line. */
    public Request(Map<String, @Nullable Object> fields) {
        this.fields = fields;
    }

    /** What the answer has too: a string or a number; null if it has none. */
    public @Nullable Object id() {
        Object id = fields.get("id");
        return id instanceof String || id instanceof Number ? id : null;
    }

    /**
     * What is asked for.
     *
     * @throws Refusal if it is none of the known ones, or has no id
     */
    public String verb(Collection<String> known) throws Refusal {
        if (id() == null) {
            throw new Refusal(
                    Refusal.Code.BAD_REQUEST,
                    "id "
                            + Refusal.quoted(fields.get("id"))
                            + " is no string and no number; give one, which the answer has too");
        }
        Object verb = fields.get("do");
        if (!(verb instanceof String word) || !known.contains(word)) {
            throw new Refusal(
                    Refusal.Code.UNKNOWN_REQUEST,
                    "do "
                            + Refusal.quoted(verb)
                            + " is not known"
                            + (verb instanceof String word ? Nearest.hint(word, known) : "")
                            + "; there are "
                            + String.join(", ", new TreeSet<>(known)));
        }
        return word;
    }

    /** Refuses a field that nobody looks at, which may be a misspelled one. */
    public void allow(String... names) throws Refusal {
        Set<String> allowed = new TreeSet<>(List.of(names));
        allowed.add("id");
        allowed.add("do");
        for (String each : fields.keySet()) {
            if (!allowed.contains(each)) {
                throw new Refusal(
                        Refusal.Code.BAD_REQUEST,
                        "the field "
                                + Refusal.quoted(each)
                                + " is not known"
                                + Nearest.hint(each, allowed)
                                + "; there are "
                                + String.join(", ", allowed));
            }
        }
    }

    /** A string; null if it is missing. */
    public @Nullable String text(String name) throws Refusal {
        Object value = fields.get(name);
        if (value != null && !(value instanceof String)) {
            throw new Refusal(
                    Refusal.Code.BAD_REQUEST,
                    name + " " + Refusal.quoted(value) + " is no string; quote it");
        }
        return (String) value;
    }

    /** A string that has to be there. */
    public String required(String name, String example) throws Refusal {
        String text = text(name);
        if (text == null) {
            throw new Refusal(
                    Refusal.Code.BAD_REQUEST,
                    name + " is missing; give one, such as \"" + example + "\"");
        }
        return text;
    }

    /** A time such as {@code "500ms"}. */
    public @Nullable Duration time(String name) throws Refusal {
        String text = text(name);
        try {
            return text == null ? null : Quantity.duration(name, text);
        } catch (InvalidSpecException e) {
            throw new Refusal(Refusal.Code.BAD_REQUEST, message(e));
        }
    }

    /** A whole number from 1 on; 1 if it is missing. */
    public long count(String name) throws Refusal {
        Object value = fields.get(name);
        if (value == null) {
            return 1;
        }
        if ((value instanceof Integer || value instanceof Long)
                && ((Number) value).longValue() > 0) {
            return ((Number) value).longValue();
        }
        throw new Refusal(
                Refusal.Code.BAD_REQUEST,
                name + " " + Refusal.quoted(value) + " is no whole number from 1 on; give one");
    }

    /** A list of words, each one of the known ones. */
    public List<String> words(String name, Collection<String> known) throws Refusal {
        Object value = fields.get(name);
        if (!(value instanceof List<?> list)) {
            throw new Refusal(
                    Refusal.Code.BAD_REQUEST,
                    name + " " + Refusal.quoted(value) + " is no list; give some of " + known);
        }
        for (Object each : list) {
            if (!(each instanceof String word) || !known.contains(word)) {
                throw new Refusal(
                        Refusal.Code.BAD_REQUEST,
                        name + " " + Refusal.quoted(each) + " is not known; give some of " + known);
            }
        }
        return list.stream().map(String.class::cast).toList();
    }

    private static String message(InvalidSpecException e) {
        return String.valueOf(e.getMessage());
    }
}
