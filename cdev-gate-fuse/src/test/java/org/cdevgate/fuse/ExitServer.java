package org.cdevgate.fuse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;

/** Serves a FIFO, "parked", and "exit", whose reads end this JVM. Its close would wait for long. */
final class ExitServer {
    static final int STATUS = 3;

    private ExitServer() {}

    /** Ends the JVM from within a verb. */
    private static final class ExitingDriver implements FileOperations {
        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            System.exit(STATUS);
            return 0;
        }
    }

    public static void main(String[] args) throws IOException {
        DeviceMount mount =
                DeviceMount.builder(Path.of(args[0])).closeTimeout(Duration.ofHours(1)).mount();
        mount.register("exit", new ExitingDriver());
        mount.register("parked", new FifoDriver(Sleep.PARKED));
        System.out.println("mounted");
        while (System.in.read() >= 0) {
            // Lives until its input ends, or a read of "exit".
        }
    }
}
