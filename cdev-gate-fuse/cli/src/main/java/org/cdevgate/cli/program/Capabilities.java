package org.cdevgate.cli.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process may do beyond an ordinary user. */
final class Capabilities {
    private static final int CAP_SYS_ADMIN = 21; // linux/capability.h

    private Capabilities() {}

    /** Whether it may mount in a namespace of mounts alone; of root in a container often not. */
    static boolean mayMount() throws IOException {
        return mayMount(Files.readString(Path.of("/proc/self/status")));
    }

    /**
     * @param status of proc(5)
     */
    static boolean mayMount(String status) {
        return status.lines()
                .filter(each -> each.startsWith("CapEff:"))
                .map(each -> Long.parseUnsignedLong(each.substring("CapEff:".length()).strip(), 16))
                .anyMatch(each -> (each >> CAP_SYS_ADMIN & 1) == 1);
    }
}
