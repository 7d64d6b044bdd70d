package org.cdevgate.fuse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * Serves "box", a full mailbox whose writes sleep without a thread and may fill the heap; "deep",
 * which sleeps in the last of its stack; and "other", a FIFO. Answers {@code close} by "closed".
 */
final class SurvivalServer {
    private static final long MORE_THAN_THE_HEAP = 1L << 40;

    private SurvivalServer() {}

    private static final class FullBox extends CountingDriver {
        private final WaitQueue empty = new WaitQueue("empty");

        @Override
        public int write(OpenFile file, ByteBuffer src, long position, Call call) {
            return call.wouldBlock(empty);
        }
    }

    /**
     * Recurses until the stack is used up, then sleeps at the deepest level where that is possible.
     */
    static final class DeepDriver extends CountingDriver {
        static final int SLEEP = IoctlCommand.io('D', 1);
        private final WaitQueue never = new WaitQueue("never");

        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
                throws ErrnoException {
            down(call, 0);
            return 0;
        }

        private int down(Call call, int level) throws ErrnoException {
            try {
                // Never comes as far as to a negative.
                return level < 0 ? 0 : down(call, level + 1) + 1;
            } catch (StackOverflowError e) {
                call.await(never, () -> false, 1, TimeUnit.MILLISECONDS);
                return level;
            }
        }
    }

    /** Mounts on its argument and prints "mounted". */
    public static void main(String[] args) throws IOException {
        DeviceMount mount =
                DeviceMount.builder(Path.of(args[0])).maxSleepingBytes(MORE_THAN_THE_HEAP).mount();
        mount.register("box", new FullBox());
        mount.register("deep", new DeepDriver());
        mount.register("other", new FifoDriver(Sleep.PARKED));
        System.out.println("mounted");
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            mount.close();
            System.out.println("closed");
        }
    }
}
