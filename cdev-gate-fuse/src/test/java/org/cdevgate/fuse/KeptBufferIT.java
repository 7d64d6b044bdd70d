package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.junit.jupiter.api.Test;

/**
 * A driver that keeps its buffers and writes to them harms no name, no answer and no other call.
 */
class KeptBufferIT extends MountBase {
    private static final int COMMAND = IoctlCommand.iowr('K', 1, 4000);
    private static final int ROUNDS = 40;
    private static final String LONG_NAME = "n".repeat(255);

    /** Keeps what it is given, and fills it over and over from another thread. */
    private static final class KeepingDriver extends CountingDriver {
        private final AtomicLong rounds = new AtomicLong();
        private volatile ByteBuffer read;
        private volatile ByteBuffer ioctl;
        private volatile boolean stop;
        private final Thread writer = new Thread(this::scribble, "harness-scribbler");

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            read = dst.duplicate().clear();
            return 0;
        }

        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call) {
            ioctl = data.duplicate().clear();
            return 0;
        }

        private void scribble() {
            while (!stop) {
                fill(read, 64 * 1024);
                fill(ioctl, ioctl.capacity());
                rounds.incrementAndGet();
            }
        }

        private static void fill(ByteBuffer view, int bytes) {
            for (int i = 0; i < Math.min(bytes, view.capacity()); i++) {
                view.put(i, (byte) 0x5a);
            }
        }
    }

    /** Answers by numbers: its data may be overwritten, its results may not. */
    private static final class PlainDriver extends CountingDriver {
        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            return Math.min(5, dst.remaining());
        }

        @Override
        public int write(OpenFile file, ByteBuffer src, long position, Call call) {
            int sum = 0;
            for (int i = 0; i < src.limit(); i++) {
                sum += src.get(i) == 'w' ? 1 : 0;
            }
            return sum;
        }

        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call) {
            return 1234;
        }

        @Override
        public int poll(OpenFile file, Call call) {
            return PollEvents.POLLIN;
        }
    }

    @Test
    void scribblingInKeptBuffersLeavesAllOthersCallsRight() throws Exception {
        KeepingDriver keeping = new KeepingDriver();
        FopsGate evil = mount.register("evil", keeping);
        FopsGate other = mount.register("other", new PlainDriver());
        mount.register(LONG_NAME, new PlainDriver());
        int fd = open(evil);
        client.read(fd, 1 << 20).expect(0);
        client.ioctl(fd, COMMAND, "").expect(0);
        keeping.writer.start();
        try {
            Within.limit("the driver writes", () -> keeping.rounds.get() > 2);
            for (int round = 0; round < ROUNDS; round++) {
                int at = client.open(mount.path("other"), OpenFlags.O_RDWR);
                assertEquals(5, client.read(at, 100).success(), "bytes of a read");
                client.write(at, "w".repeat(3000)).expect(3000);
                client.ioctl(at, COMMAND, "").expect(1234);
                client.poll(at, PollEvents.POLLIN, 0).expect(PollEvents.POLLIN);
                client.fstat(at).expect(0);
                client.stat(mount.path(LONG_NAME)).expect(0);
                client.stat(mount.path(LONG_NAME.substring(1))).expect(Errno.ENOENT);
                client.close(at).expect(0);
            }
            String listed = Shell.run("ls \"$1\"", mount.path()).expect(0);
            assertEquals("evil\n" + LONG_NAME + "\nother\n", listed);
            assertTrue(keeping.writer.isAlive(), "nothing was overwritten meanwhile");
        } finally {
            keeping.stop = true;
            keeping.writer.join();
        }
        remove(evil);
        remove(other);
    }
}
