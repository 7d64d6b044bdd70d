package org.cdevgate.cdev;

import java.nio.charset.StandardCharsets;

/** What the name of a device may be. */
final class Names {
    private static final int LONGEST_PART = 255; // NAME_MAX of linux/limits.h

    private Names() {}

    static void check(String name) {
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException(
                        "device name \""
                                + name
                                + "\" has an empty, . or .. part; give a path such as"
                                + " input/event0");
            }
            if (part.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a device name contains a NUL");
            }
            if (part.getBytes(StandardCharsets.UTF_8).length > LONGEST_PART) {
                throw new IllegalArgumentException(
                        "a part of the device name \""
                                + name
                                + "\" is longer than "
                                + LONGEST_PART
                                + " bytes");
            }
        }
    }
}
