package org.cdevgate.cli.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The settings of the kernel by which an ordinary user is refused a namespace. */
final class NamespaceSwitches {
    private NamespaceSwitches() {}

    /**
     * What to do, by the setting that refuses.
     *
     * @param sys /proc/sys
     */
    static String remedy(Path sys) {
        if (is(sys.resolve("kernel/unprivileged_userns_clone"), "0")) {
            return "set it free: sudo sysctl kernel.unprivileged_userns_clone=1";
        }
        if (is(sys.resolve("user/max_user_namespaces"), "0")) {
            return "set it free: sudo sysctl user.max_user_namespaces=10000";
        }
        if (is(sys.resolve("kernel/apparmor_restrict_unprivileged_userns"), "1")) {
            return "AppArmor refuses it; set it free: sudo sysctl"
                    + " kernel.apparmor_restrict_unprivileged_userns=0";
        }
        return "run it where unshare(1) may make namespaces (a container may need --privileged)";
    }

    private static boolean is(Path file, String value) {
        try {
            return Files.readString(file).strip().equals(value);
        } catch (IOException e) {
            return false; // this kernel has no such switch
        }
    }
}
