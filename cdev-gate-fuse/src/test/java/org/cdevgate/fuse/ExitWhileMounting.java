package org.cdevgate.fuse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Mounts on its argument, while another thread ends the JVM as soon as it sees the mount. */
final class ExitWhileMounting {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private ExitWhileMounting() {}

    public static void main(String[] args) throws Exception {
        Thread ending = new Thread(() -> exitOnceMounted(" " + args[0] + " "), "ending");
        ending.start();
        DeviceMount mount = DeviceMount.mount(Path.of(args[0]));
        System.out.println(mount + " is served until the JVM ends");
        ending.join();
    }

    private static void exitOnceMounted(String field) {
        try {
            while (!Files.readString(MOUNTS, StandardCharsets.UTF_8).contains(field)) {
                Thread.onSpinWait();
            }
            System.exit(0);
        } catch (IOException e) {
            System.exit(1);
        }
    }
}
