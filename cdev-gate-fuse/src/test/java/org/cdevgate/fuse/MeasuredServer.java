package org.cdevgate.fuse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;

/**
 * Serves a FIFO of each kind and tells its own resident memory in bytes: {@code resident}; {@code
 * mounts N}, how much more with so many further mounts; {@code asleep NAME N} waits for sleepers.
 */
final class MeasuredServer {
    private final FopsGate parked;
    private final FopsGate threadless;

    private MeasuredServer(DeviceMount mount) throws IOException {
        parked = mount.register("parked", new FifoDriver(Sleep.PARKED));
        threadless = mount.register("threadless", new FifoDriver(Sleep.THREADLESS));
    }

    /** Mounts on its argument and prints "mounted", then answers. */
    public static void main(String[] args) throws IOException {
        try (DeviceMount mount = DeviceMount.mount(Path.of(args[0]))) {
            MeasuredServer server = new MeasuredServer(mount);
            System.out.println("mounted");
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(server.answer(line.split(" ", -1)));
            }
        }
    }

    private String answer(String[] words) throws IOException {
        return switch (words[0]) {
            case "resident" -> Long.toString(resident());
            case "mounts" -> Long.toString(mounts(Integer.parseInt(words[1])));
            case "asleep" -> {
                FopsGate gate = words[1].equals("parked") ? parked : threadless;
                TestMount.awaitAsleep(gate, Verb.READ, Integer.parseInt(words[2]));
                yield "asleep";
            }
            default -> "unknown command " + words[0];
        };
    }

    private static long resident() throws IOException {
        System.gc(); // garbage is no cost
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no VmRSS in /proc/self/status");
    }

    private static long mounts(int count) throws IOException {
        List<DeviceMount> mounts = new ArrayList<>();
        Path parent = Files.createTempDirectory("cdev-gate-mounts-");
        try {
            List<Path> folders = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                folders.add(Files.createDirectory(parent.resolve("dev" + i)));
            }
            long before = resident();
            for (Path folder : folders) {
                DeviceMount mount = DeviceMount.mount(folder);
                mount.register("fifo", new FifoDriver(Sleep.THREADLESS));
                mounts.add(mount);
            }
            return resident() - before;
        } finally {
            mounts.forEach(DeviceMount::close);
            for (int i = 0; i < count; i++) {
                Files.deleteIfExists(parent.resolve("dev" + i));
            }
            Files.delete(parent);
        }
    }
}
