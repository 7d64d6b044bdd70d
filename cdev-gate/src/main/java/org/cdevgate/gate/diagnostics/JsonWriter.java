package org.cdevgate.gate.diagnostics;

import java.io.IOException;

/**
 * Writes JSON to an {@link Appendable}, piece by piece; the caller opens and closes what it nests.
 *
 * <p>The output is ASCII alone, so that it survives being written in whatever encoding. A surrogate
 * without its other half becomes U+FFFD: JSON could carry it, but strict readers, trace viewers
 * among them, refuse the whole file for it.
 */
final class JsonWriter {
    private static final char REPLACEMENT = '\uFFFD';
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final Appendable out;
    private boolean first = true;

    JsonWriter(Appendable out) {
        this.out = out;
    }

    /** Opens an object as the next element of an array, or as the whole. */
    JsonWriter beginObject() throws IOException {
        separate();
        return open('{');
    }

    JsonWriter beginObject(String name) throws IOException {
        key(name);
        return open('{');
    }

    JsonWriter endObject() throws IOException {
        return close('}');
    }

    JsonWriter beginArray(String name) throws IOException {
        key(name);
        return open('[');
    }

    JsonWriter endArray() throws IOException {
        return close(']');
    }

    JsonWriter field(String name, String value) throws IOException {
        key(name);
        string(value);
        return this;
    }

    JsonWriter field(String name, long value) throws IOException {
        key(name);
        out.append(Long.toString(value));
        return this;
    }

    JsonWriter field(String name, boolean value) throws IOException {
        key(name);
        out.append(Boolean.toString(value));
        return this;
    }

    /** Writes nanoseconds as microseconds, without loss. */
    JsonWriter micros(String name, long nanos) throws IOException {
        key(name);
        if (nanos < 0) {
            out.append('-');
        }
        // Not the magnitude of the whole, which the least long has none of.
        long fraction = Math.abs(nanos % 1000);
        out.append(Long.toString(Math.abs(nanos / 1000))).append('.');
        out.append((char) ('0' + fraction / 100));
        out.append((char) ('0' + fraction / 10 % 10));
        out.append((char) ('0' + fraction % 10));
        return this;
    }

    private JsonWriter open(char bracket) throws IOException {
        out.append(bracket);
        first = true;
        return this;
    }

    private JsonWriter close(char bracket) throws IOException {
        out.append(bracket);
        first = false;
        return this;
    }

    private void key(String name) throws IOException {
        separate();
        string(name);
        out.append(':');
    }

    private void separate() throws IOException {
        if (!first) {
            out.append(",\n");
        }
        first = false;
    }

    private void string(String text) throws IOException {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == '"' || unit == '\\') {
                out.append('\\').append(unit);
            } else if (unit >= ' ' && unit < 0x7F) {
                out.append(unit);
            } else if (!Character.isSurrogate(unit)) {
                escape(unit);
            } else if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                escape(unit);
                escape(text.charAt(++i));
            } else {
                escape(REPLACEMENT);
            }
        }
        out.append('"');
    }

    private void escape(char unit) throws IOException {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(HEX[unit >> shift & 0xF]);
        }
    }
}
