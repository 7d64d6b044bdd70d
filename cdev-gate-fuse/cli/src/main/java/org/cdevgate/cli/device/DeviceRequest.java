package org.cdevgate.cli.device;

import org.cdevgate.abi.DevicePath;
import org.cdevgate.drivers.spec.InvalidSpecException;

/**
 * A device that was asked for.
 *
 * @param name below /dev
 * @param kind with options, as {@link org.cdevgate.drivers.kind.DeviceKinds#make} reads it
 */
public record DeviceRequest(String name, String kind) {
    private static final String DEV = "/dev/";

    /** Reads {@code NAME=KIND[,key=value…]}; the name may begin with {@code /dev/}. */
    public static DeviceRequest parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1 || equals == text.length() - 1) {
            throw new InvalidSpecException(
                    "--device " + text + ": give NAME=KIND, such as ttyUSB0=echo");
        }
        String name = text.substring(0, equals);
        if (name.startsWith(DEV)) {
            name = name.substring(DEV.length());
        }
        try {
            DevicePath.check(name);
        } catch (IllegalArgumentException e) {
            throw new InvalidSpecException("--device " + text + ": " + e.getMessage());
        }
        return new DeviceRequest(name, text.substring(equals + 1));
    }
}
