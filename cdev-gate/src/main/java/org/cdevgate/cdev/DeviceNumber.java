package org.cdevgate.cdev;

import java.util.Objects;

/**
 * A device's number: Linux's dev_t (linux/kdev_t.h).
 *
 * <pre>{@code
 * DeviceNumber watchdog = new DeviceNumber(10, 130); // prints as 10:130
 * }</pre>
 *
 * @param major which driver, 0 to {@value #MAX_MAJOR}
 * @param minor which of its devices, 0 to {@value #MAX_MINOR}
 */
public record DeviceNumber(int major, int minor) implements Comparable<DeviceNumber> {
    /** The largest major: 12 bits. */
    public static final int MAX_MAJOR = (1 << 12) - 1;

    /** The largest minor: 20 bits (MINORMASK). */
    public static final int MAX_MINOR = (1 << 20) - 1;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public DeviceNumber {
        if (major < 0 || major > MAX_MAJOR || minor < 0 || minor > MAX_MINOR) {
            throw new IllegalArgumentException(
                    "device number "
                            + major
                            + ":"
                            + minor
                            + "; majors are 0 to "
                            + MAX_MAJOR
                            + ", minors 0 to "
                            + MAX_MINOR);
        }
    }

    @Override
    public int compareTo(DeviceNumber other) {
        Objects.requireNonNull(other, "other");
        return major != other.major
                ? Integer.compare(major, other.major)
                : Integer.compare(minor, other.minor);
    }

    /** As ls and /proc/devices have it: {@code 10:200}. */
    @Override
    public String toString() {
        return major + ":" + minor;
    }
}
