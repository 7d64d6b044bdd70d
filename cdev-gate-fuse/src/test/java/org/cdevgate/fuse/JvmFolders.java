package org.cdevgate.fuse;

import java.io.IOException;
import java.nio.file.Path;

/** Tries to mount on each of its arguments, and says what comes of it. */
final class JvmFolders {
    private JvmFolders() {}

    public static void main(String[] args) {
        for (String folder : args) {
            try (DeviceMount mount = DeviceMount.mount(Path.of(folder))) {
                System.out.println(folder + " mounted on " + mount.mountPoint());
            } catch (IOException e) {
                System.out.println(folder + " failed: " + e.getMessage());
            }
        }
    }
}
