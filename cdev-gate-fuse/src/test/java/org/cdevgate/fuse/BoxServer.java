package org.cdevgate.fuse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * Serves "box", a full mailbox in which each write sleeps without a thread, and "other", a FIFO.
 * Answers {@code bytes} by those that sleeping calls hold, {@code close} by "closed".
 */
final class BoxServer {
    private BoxServer() {}

    private static final class FullBox extends CountingDriver {
        private final WaitQueue empty = new WaitQueue("empty");

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            return 0;
        }

        @Override
        public int write(OpenFile file, ByteBuffer src, long position, Call call) {
            return call.wouldBlock(empty);
        }
    }

    /** Mounts on its argument and prints "mounted". */
    public static void main(String[] args) throws IOException {
        DeviceMount mount = DeviceMount.mount(Path.of(args[0]));
        mount.register("box", new FullBox());
        mount.register("other", new FifoDriver(Sleep.PARKED));
        System.out.println("mounted");
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals("close")) {
                mount.close();
                System.out.println("closed");
            } else {
                System.out.println(mount.sleepingBytes());
            }
        }
    }
}
