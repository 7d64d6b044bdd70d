package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;

/** A parked call holds the memory that it needs, not what earlier calls have left to its thread. */
class ParkedMemoryIT extends MountBase {
    private static final int CALLS = 40;

    /** A mebibyte of a read and one of a write would be 80; JVM and test need a few. */
    private static final long MAX_KIB = 40 * 1024;

    private static final class LargeDriver extends CountingDriver {
        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            while (dst.hasRemaining()) {
                dst.put((byte) 'x');
            }
            return dst.limit();
        }

        @Override
        public int write(OpenFile file, ByteBuffer src, long position, Call call) {
            return src.remaining();
        }
    }

    private static long residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.US_ASCII).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private void transferMuch(String large) throws Exception {
        Shell.run(
                        "dd if=\"$1\" of=/dev/null bs=1M count=1"
                                + " && dd if=/dev/zero of=\"$1\" bs=1M count=1 conv=notrunc",
                        large)
                .expect(0);
    }

    @Test
    void smallCallsThatParkAfterLargeOnesHoldLittle() throws Exception {
        FopsGate large = mount.register("large", new LargeDriver());
        FopsGate fifo = mount.register("fifo", new FifoDriver(Sleep.PARKED));
        int fd = open(fifo);
        List<Pending> reads = new ArrayList<>();
        transferMuch(mount.path("large"));
        long before = residentKib();
        for (int i = 1; i <= CALLS; i++) {
            transferMuch(mount.path("large"));
            reads.add(client.beginRead(fd, 1));
            TestMount.awaitAsleep(fifo, Verb.READ, i);
        }
        long more = residentKib() - before;
        assertTrue(more < MAX_KIB, () -> CALLS + " parked calls hold " + more + " KiB");
        remove(fifo);
        for (Pending read : reads) {
            read.await().expect(Errno.ENODEV);
        }
        remove(large);
        client.closeAll();
    }
}
