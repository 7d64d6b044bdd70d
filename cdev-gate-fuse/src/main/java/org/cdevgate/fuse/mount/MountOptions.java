package org.cdevgate.fuse.mount;

import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Where and how to mount.
 *
 * @param mountPoint an existing directory, absolute or relative to the working directory; it is
 *     looked at when mounting, not here, since it may be a mount that does not answer
 * @param fsName what the mount table shows as the source: 1 to 128 letters, digits and {@code
 *     ._:@/+=-}, which no tool that reads the table or the options has to escape
 * @param allowOther whether other users, root included, may use the mount; an ordinary user needs
 *     {@code user_allow_other} in /etc/fuse.conf for it
 */
public record MountOptions(Path mountPoint, String fsName, boolean allowOther) {
    private static final Pattern FS_NAME = Pattern.compile("[A-Za-z0-9._:@/+=-]{1,128}");

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the name has other characters or lengths
     */
    public MountOptions {
        Objects.requireNonNull(mountPoint, "mountPoint");
        if (!FS_NAME.matcher(fsName).matches()) {
            throw new IllegalArgumentException(
                    "fsName \""
                            + fsName
                            + "\" is not 1 to 128 letters, digits and ._:@/+=-; use for example"
                            + " \"cdev-gate\"");
        }
    }
}
