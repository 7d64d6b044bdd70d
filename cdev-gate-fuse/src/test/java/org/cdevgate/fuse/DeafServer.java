package org.cdevgate.fuse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.driver.DeafDriver;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;

/**
 * Serves everybody with drivers that ignore interrupts: each write to "slow" takes some ticks of
 * the monitor, each read of "deaf" lasts until it is answered. Answers each line of input with one
 * of output: {@code writes} (how many were done), {@code waiting} (until a read waits), {@code
 * answer}. At the end of its input it ends.
 */
final class DeafServer {
    private static final int WRITE_MILLIS = 60;

    private DeafServer() {}

    /** Mounts on its argument and prints "mounted". */
    public static void main(String[] args) throws IOException {
        AtomicInteger writes = new AtomicInteger();
        DeafDriver deaf = new DeafDriver();
        try (DeviceMount mount = DeviceMount.builder(Path.of(args[0])).allowOther(true).mount();
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            mount.register(FopsGate.of("slow", slow(writes)), DeviceNode.named("slow").mode(0666));
            mount.register(FopsGate.of("deaf", deaf), DeviceNode.named("deaf").mode(0666));
            System.out.println("mounted");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                switch (line) {
                    case "writes" -> System.out.println(writes);
                    case "waiting" -> {
                        Within.limit("a read waits", () -> deaf.waiting() == 1);
                        System.out.println("waiting");
                    }
                    default -> {
                        deaf.answer();
                        System.out.println("answered");
                    }
                }
            }
            deaf.answer();
        }
    }

    private static CountingDriver slow(AtomicInteger writes) {
        return new CountingDriver() {
            @Override
            public int write(OpenFile file, ByteBuffer src, long position, Call call) {
                long end = System.nanoTime() + WRITE_MILLIS * 1_000_000L;
                for (long left; (left = end - System.nanoTime()) > 0; ) {
                    try {
                        Thread.sleep(Math.max(1, left / 1_000_000));
                    } catch (InterruptedException e) {
                        // deaf
                    }
                }
                writes.incrementAndGet();
                return src.remaining();
            }
        };
    }
}
