package org.cdevgate.fuse.harness;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.cdevgate.abi.Errno;

/**
 * What a system call of a client returned.
 *
 * @param command the call, for failure messages
 * @param value its result; -1 if it failed
 * @param errno why it failed; 0 if it did not
 * @param data the bytes that it delivered, one per character
 */
public record Reply(String command, long value, int errno, String data) {
    static Reply parse(String command, String text) {
        String[] words = text.split(" ", 3);
        return switch (words[0]) {
            case "=" ->
                    new Reply(
                            command,
                            Long.parseLong(words[1]),
                            0,
                            words.length < 3 ? "" : decode(words[2]));
            case "!" -> new Reply(command, -1, Integer.parseInt(words[1]), "");
            default ->
                    throw new IllegalStateException(
                            "the client failed at \"" + command + "\": " + text);
        };
    }

    private static String decode(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }

    /** Fails the test unless the call succeeded with this result. */
    public Reply expect(long expected) {
        if (errno != 0 || value != expected) {
            throw new AssertionError(command + " returned " + this + ", not " + expected);
        }
        return this;
    }

    /** Fails the test unless the call failed with this error. */
    public void expect(Errno expected) {
        if (errno != expected.number()) {
            throw new AssertionError(command + " returned " + this + ", not -1 " + expected);
        }
    }

    /** Returns the result of a call that must have succeeded. */
    public int success() {
        if (errno != 0) {
            throw new AssertionError(command + " failed: " + this);
        }
        return (int) value;
    }

    /** Returns the data of a call that must have succeeded. */
    public String text() {
        success();
        return data;
    }

    @Override
    public String toString() {
        return errno == 0 ? Long.toString(value) : "-1 " + Errno.describe(errno);
    }
}
