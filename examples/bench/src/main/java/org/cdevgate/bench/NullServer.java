package org.cdevgate.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.stress.workload.Usage;

/**
 * Mounts one device whose driver does next to nothing, so that what is timed is the way there and
 * back: {@code NullServer [--no-spin] FOLDER}.
 */
public final class NullServer {
    private NullServer() {}

    /** Serves the folder that is given until standard input ends; says "ready" before. */
    public static void main(String[] args) throws IOException {
        new Usage(
                        NullServer.class,
                        "[--no-spin] FOLDER",
                        "Serves one node until standard input ends; --no-spin: the server only"
                                + " sleeps.")
                .check(args, 1, 1, "--no-spin");
        boolean spin = !args[0].equals("--no-spin");
        Path folder = Path.of(args[args.length - 1]);
        try (DeviceMount dev = DeviceMount.builder(folder).spin(spin).mount()) {
            dev.register("null0", new NullDriver());
            System.out.println("ready");
            while (System.in.read() >= 0) {
                // What is written there does not matter.
            }
        }
    }

    /** Answers at once; poll has the default, always readable and writable. */
    static final class NullDriver implements FileOperations {
        private final ByteBuffer device = ByteBuffer.allocateDirect(128 * 1024);

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            int count = Math.min(dst.remaining(), device.capacity());
            dst.put(dst.position(), device, 0, count);
            return count;
        }

        @Override
        public int write(OpenFile file, ByteBuffer src, long position, Call call) {
            int count = Math.min(src.remaining(), device.capacity());
            device.put(0, src, src.position(), count);
            return count;
        }

        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call) {
            return 0; // the caller's bytes go back to it as they are
        }
    }
}
