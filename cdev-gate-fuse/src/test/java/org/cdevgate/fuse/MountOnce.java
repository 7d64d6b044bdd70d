package org.cdevgate.fuse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Mounts on its first argument, says "mounted" or "failed: " and why, and closes the mount. */
public final class MountOnce {
    private MountOnce() {}

    /** The second argument may be allow_other. */
    public static void main(String[] args) {
        boolean shared = List.of(args).contains("allow_other");
        try (DeviceMount mount = DeviceMount.builder(Path.of(args[0])).allowOther(shared).mount()) {
            System.out.println("mounted on " + mount.mountPoint());
        } catch (IOException e) {
            System.out.println("failed: " + e.getMessage());
        }
    }
}
