package org.cdevgate.fuse;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cdevgate.fuse.driver.DeafDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;

/**
 * Serves a mount with two FIFOs, "parked" and "threadless", and "deaf", whose reads ignore
 * interrupts. Answers each line of input with one of output: {@code feed NAME}, {@code asleep NAME
 * N}, {@code remove NAME}, {@code starve} (takes every descriptor that is left), {@code waiting N}
 * (in deaf), {@code close}, {@code close-interrupted} (by a thread that is). At the end of its
 * input it ends by itself, the mount still open unless it was closed.
 */
final class TestServer {
    private final DeviceMount mount;
    private final Map<Sleep, FifoDriver> drivers = new EnumMap<>(Sleep.class);
    private final Map<Sleep, FopsGate> gates = new EnumMap<>(Sleep.class);
    private final DeafDriver deaf = new DeafDriver();
    private final List<FileInputStream> hoard = new ArrayList<>();

    private TestServer(Path mountPoint, boolean inotify) throws IOException {
        mount = DeviceMount.builder(mountPoint).inotify(inotify).mount();
        mount.register("deaf", deaf);
        for (Sleep sleep : Sleep.values()) {
            FifoDriver driver = new FifoDriver(sleep);
            drivers.put(sleep, driver);
            gates.put(sleep, mount.register(sleep.name().toLowerCase(Locale.ROOT), driver));
        }
    }

    /**
     * Mounts on its argument, with inotify events if there is a second, and prints "mounted", or
     * what went wrong.
     */
    public static void main(String[] args) throws IOException {
        TestServer server;
        try {
            server = new TestServer(Path.of(args[0]), args.length > 1);
        } catch (IOException e) {
            System.out.println("failed: " + e.getMessage());
            return;
        }
        System.out.println("mounted");
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(server.answer(line.split(" ", -1)));
        }
    }

    private String answer(String[] words) {
        switch (words[0]) {
            case "close" -> {
                deaf.answer();
                mount.close();
                return "closed";
            }
            case "close-interrupted" -> {
                deaf.answer();
                Thread.currentThread().interrupt();
                mount.close();
                return Thread.interrupted() ? "closed, interrupted" : "closed, interrupt lost";
            }
            case "starve" -> {
                return starve();
            }
            case "waiting" -> {
                int count = Integer.parseInt(words[1]);
                Within.limit(count + " reads wait", () -> deaf.waiting() == count);
                return "waiting";
            }
            default -> {}
        }
        return answerOfFifo(words);
    }

    private String starve() {
        try {
            while (true) {
                hoard.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException e) {
            return "starved";
        }
    }

    private String answerOfFifo(String[] words) {
        Sleep sleep = Sleep.valueOf(words[1].toUpperCase(Locale.ROOT));
        return switch (words[0]) {
            case "feed" -> {
                drivers.get(sleep).feed("abc");
                yield "fed";
            }
            case "asleep" -> {
                TestMount.awaitAsleep(gates.get(sleep), Verb.READ, Integer.parseInt(words[2]));
                yield "asleep";
            }
            case "remove" -> {
                gates.get(sleep).unregisterSync();
                yield "removed, " + drivers.get(sleep).releases() + " released";
            }
            default -> "unknown command " + words[0];
        };
    }
}
