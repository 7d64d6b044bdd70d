package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.ServerProcess;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writers that sleep cannot fill the heap of a server, nor its log. */
@Timeout(60)
class HeldBytesIT {
    private static final int WRITERS = 100;
    private static final int MORE = 20;
    private static final int MEBIBYTE = 1 << 20;

    /** What a heap of 64 MiB lets one user hold in one device, and a little for each request. */
    private static final long MAX_BYTES = 8L * MEBIBYTE + MEBIBYTE;

    private static final String WRITE =
            "i=0; while [ $i -lt $2 ]; do"
                    + " dd if=/dev/zero of=\"$1\" bs=1M count=1 conv=notrunc &"
                    + " i=$((i + 1)); done; wait";

    @Test
    void writersOfMoreThanTheHeapGetEnomemAndTheOthersAreServed() throws Exception {
        try (TemporaryMountPoint folder = new TemporaryMountPoint();
                ServerProcess server =
                        ServerProcess.start(
                                JavaCommand.of(BoxServer.class, folder.path().toString()));
                ClientProcess client = ClientProcess.start()) {
            assertEquals("mounted", server.answer(), server::errors);
            String box = folder.path().resolve("box").toString();
            String other = folder.path().resolve("other").toString();
            try (Shell writers = Shell.exec("sh", "-c", WRITE, "sh", box, "" + WRITERS)) {
                Within.limit(
                        "a writer is refused",
                        () -> server.errors().contains("maxSleepingBytes"),
                        server::errors);
                int reader = client.open(box, OpenFlags.O_RDONLY);
                client.read(reader, 8).expect(0); // it might be what they wait for
                int fd = client.open(other, OpenFlags.O_RDWR);
                client.ioctl(fd, FifoDriver.ECHO, "").expect(8);
                String refused = Shell.run(WRITE, box, "" + MORE).errors();
                assertEquals(MORE, refused.split("Cannot allocate memory", -1).length - 1, refused);
                assertTrue(bytes(server) <= MAX_BYTES, "held: " + bytes(server));
                assertTrue(writers.isAlive(), "no writer sleeps any more");
                client.closeAll();
            } // and they are killed
            Within.limit("all is given back", () -> bytes(server) == 0, server::errors);
            int fd = client.open(other, OpenFlags.O_RDWR);
            client.ioctl(fd, FifoDriver.ECHO, "").expect(8);
            client.closeAll();
            assertEquals("closed", server.tell("close"));
            String errors = server.errors();
            long lines = errors.lines().filter(line -> line.contains("maxSleepingBytes")).count();
            assertTrue(lines >= 1 && lines <= 6, "one line in 10 s is enough:\n" + errors);
        }
    }

    private static long bytes(ServerProcess server) {
        try {
            return Long.parseLong(server.tell("bytes"));
        } catch (Exception e) {
            throw new AssertionError("the server does not tell", e);
        }
    }
}
