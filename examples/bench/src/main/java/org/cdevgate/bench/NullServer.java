package org.cdevgate.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;

/** Mounts one device whose driver does nothing, so that what is timed is the way there and back. */
public final class NullServer {
    private NullServer() {}

    /** Serves the folder that is given until standard input ends; says "ready" before. */
    public static void main(String[] args) throws IOException {
        try (DeviceMount dev = DeviceMount.mount(Path.of(args[0]))) {
            dev.register("null0", new NullDriver());
            System.out.println("ready");
            while (System.in.read() >= 0) {
                // What is written there does not matter.
            }
        }
    }

    /** Answers at once; poll has the default, always readable and writable. */
    private static final class NullDriver implements FileOperations {
        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            if (dst.limit() < Long.BYTES) {
                return 0;
            }
            dst.putLong(0, 0);
            return Long.BYTES;
        }

        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call) {
            return 0; // the caller's bytes go back to it as they are
        }
    }
}
