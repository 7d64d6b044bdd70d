package org.cdevgate.examples.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.cdevgate.examples.EchoDriver;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.gate.FopsGate;

/** Keeps a mount with an echo device, to be used from another shell and unplugged from this one. */
final class HeldMount {
    private static final String NODE = "echo0";

    private HeldMount() {}

    static void run(Path folder) throws IOException, InterruptedException {
        try (DeviceMount dev = DeviceMount.mount(folder)) {
            FopsGate gate = plug(dev);
            System.out.println("In another shell:");
            System.out.println("  cat " + dev.path(NODE) + "            # sleeps");
            System.out.println("  echo hello > " + dev.path(NODE) + "   # wakes it");
            System.out.println("Here: r removes the device, p plugs it in again, s shows who is");
            System.out.println("inside, q (or Ctrl-C) ends.");
            BufferedReader input =
                    new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
            for (String line; (line = input.readLine()) != null; ) {
                switch (line.trim()) {
                    case "r" ->
                            System.out.println(
                                    gate.unregisterSync() ? "removed" : "is removed already");
                    case "p" -> {
                        if (gate.isRemoved()) {
                            gate = plug(dev);
                        } else {
                            System.out.println("is plugged in already");
                        }
                    }
                    case "s" -> gate.callsInFlight().forEach(System.out::println);
                    case "q" -> {
                        return;
                    }
                    case "" -> {}
                    default -> System.out.println(line + "? r, p, s or q");
                }
            }
            // Without a terminal there is nobody to ask: until a signal ends this process.
            new CountDownLatch(1).await();
        }
    }

    private static FopsGate plug(DeviceMount dev) throws IOException {
        FopsGate gate = dev.register(NODE, new EchoDriver());
        System.out.println("plugged in " + dev.path(NODE));
        return gate;
    }
}
