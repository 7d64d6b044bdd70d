package org.cdevgate.abi;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What the path of a device below /dev may be, whoever publishes it.
 *
 * <pre>{@code
 * String[] parts = DevicePath.split("device", "input/event0"); // input, event0
 * }</pre>
 */
public final class DevicePath {
    /** Longest part, in bytes: NAME_MAX of linux/limits.h. */
    public static final int NAME_MAX = 255;

    private DevicePath() {}

    /**
     * Splits a path into its parts, none of which leads elsewhere.
     *
     * @param what it is a path of, for the message: "device", "link"
     * @throws IllegalArgumentException if a part is empty, {@code .} or {@code ..}, or has a NUL;
     *     the message has the path and what to give instead
     */
    public static String[] split(String what, String path) {
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(path, "path");
        if (path.startsWith("/")) {
            throw new IllegalArgumentException(
                    what
                            + " name \""
                            + path
                            + "\" is an absolute path; give it as it is below the mount, such as"
                            + " input/event0");
        }
        String[] parts = path.split("/", -1);
        for (String part : parts) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException(
                        what
                                + " name \""
                                + path
                                + "\" has an empty, . or .. part; give a path such as"
                                + " input/event0");
            }
            if (part.indexOf('\0') >= 0) {
                throw new IllegalArgumentException(
                        what + " name \"" + path.replace("\0", "\\0") + "\" contains a NUL");
            }
        }
        return parts;
    }

    /**
     * Checks the length of a part.
     *
     * @param part as text, for the message
     * @param bytes its length as the kernel has it
     * @throws IllegalArgumentException if it is more than {@link #NAME_MAX}
     */
    public static void checkLength(String what, String part, int bytes) {
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(part, "part");
        if (bytes > NAME_MAX) {
            throw new IllegalArgumentException(
                    what
                            + " name part of "
                            + bytes
                            + " bytes; the longest is "
                            + NAME_MAX
                            + ": "
                            + part);
        }
    }

    /**
     * Checks the path of a device, in UTF-8.
     *
     * @throws IllegalArgumentException as {@link #split} and {@link #checkLength} do
     */
    public static void check(String path) {
        for (String part : split("device", path)) {
            checkLength("device", part, part.getBytes(StandardCharsets.UTF_8).length);
        }
    }
}
